import type { GgenError } from '#core'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'

const DETAIL_VALUES = 20

/** Why each of several who were asked could not help, a line each. */
const causeLines = (value: unknown): readonly string[] => {
  const causes = (Array.isArray(value) ? value : []).filter((one: unknown): one is Record<string, unknown> => typeof one === 'object' && one !== null)
  return causes.slice(0, DETAIL_VALUES).map(({ registry, code, message }) => {
    const said = [registry, code, message].filter((one) => typeof one === 'string')
    return `  because ${plainText(said.join(': '))}`
  })
}

/** Objects are for programs: the message says in words what is in them. */
const detailLines = (key: string, value: unknown): readonly string[] => {
  const values = (Array.isArray(value) ? value : [value]).filter((one: unknown) => typeof one !== 'object').slice(0, DETAIL_VALUES)
  const texts = values.map((one: unknown) => String(one))
  return texts.map((text, index) => `  ${index === 0 ? `${key}:` : ' '.repeat(key.length + 1)} ${plainText(text)}`)
}

const stackLines = (cause: unknown): readonly string[] =>
  cause instanceof Error ? (cause.stack ?? '').split('\n').slice(1).map((line) => `  ${plainText(line)}`) : []

/** An error for people: what happened, what is known of it, what to do next; a defect also says where. Ends with a line break. */
export const errorText = (error: GgenError, look: Look): string => {
  if (error.code === 'cancelled') return 'interrupted\n'
  const lines = [
    `${look.red('error')} ${look.bold(error.code)}: ${plainText(error.message)}`,
    ...Object.entries(error.details).flatMap(([key, value]) => (key === 'causes' ? causeLines(value) : detailLines(key, value))),
    ...(error.code === 'internal' ? stackLines(error.cause) : []),
    `  hint: ${plainText(error.hint)}`,
  ]
  return `${lines.join('\n')}\n`
}
