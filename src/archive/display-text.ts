/**
 * Characters that can forge what a terminal or a page shows: controls (Cc) but tab and line feed, separators of lines, and format characters
 * (Cf: direction of text, zero width, tags). Written out, so that the result does not change with the Unicode version of a node.
 */
const UNSHOWABLE = new RegExp(
  '[\\u{0}-\\u{8}\\u{B}-\\u{1F}\\u{7F}-\\u{9F}\\u{AD}\\u{600}-\\u{605}\\u{61C}\\u{6DD}\\u{70F}\\u{890}\\u{891}\\u{8E2}\\u{180E}\\u{200B}-\\u{200F}' +
    '\\u{2028}-\\u{202E}\\u{2060}-\\u{206F}\\u{FEFF}\\u{FFF9}-\\u{FFFB}\\u{110BD}\\u{110CD}\\u{13430}-\\u{1343F}\\u{1BCA0}-\\u{1BCA3}' +
    '\\u{1D173}-\\u{1D17A}\\u{E0000}-\\u{E007F}]',
  'gu',
)

/** Text of others, safe to print: well formed, NFC, without control and direction characters; line feeds and tabs stay. */
export const cleanText = (text: string): string => text.toWellFormed().normalize('NFC').replace(/\r\n?/g, '\n').replace(UNSHOWABLE, '').trim()

/** Like `cleanText`, on one line with single spaces. */
export const cleanLine = (text: string): string => cleanText(text).replace(/\s+/gu, ' ')

/** The text itself, or its beginning with `…` so that it has at most `maxChars` UTF-16 units; never half a character. */
export const cutText = (text: string, maxChars: number): string => {
  if (text.length <= maxChars) return text
  return `${text.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/, '').trimEnd()}…`
}

/** Text of others inside a message: in quotation marks, at most 200 characters, everything unprintable escaped. */
export const quote = (text: string): string =>
  JSON.stringify(text.slice(0, 200)).replace(/\t/g, '\\t').replace(UNSHOWABLE, (found) => `\\u{${found.codePointAt(0)?.toString(16)}}`)
