const BREAKS = /[\t\n\r\u0085\u2028\u2029]+/g
const INVISIBLE = /[\p{Cc}\p{Cf}]/gu
const UNSAFE_IN_JSON = /[\u007f-\u009f\u2028\u2029\p{Cf}]/gu

/** Text of strangers, made harmless for a terminal: one line, without control characters, escape sequences and hidden marks. */
export const plainText = (text: string): string => text.replace(BREAKS, ' ').replace(INVISIBLE, '')

/** The first `width` characters of a text, with an ellipsis where something was left out. */
export const shorten = (text: string, width: number): string => {
  const characters = [...text]
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`
}

const escape = (character: string): string =>
  Array.from({ length: character.length }, (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`).join('')

/** One line of JSON that a terminal can show: what is invisible in it is escaped. */
export const jsonLine = (value: unknown): string => `${JSON.stringify(value).replace(UNSAFE_IN_JSON, escape)}\n`
