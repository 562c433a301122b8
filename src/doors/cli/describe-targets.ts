import type { TargetReply } from '#doors/control'
import { plainText } from './plain-text.ts'
import { count } from './quantities.ts'

const VERBS = {
  stored: 'stored',
  pending: 'not yet handed over; the node goes on trying, also after a restart',
  refused: 'refused',
} as const

const stateText = ({ state, error }: TargetReply): string => {
  if (error === undefined) return VERBS[state]
  const why = `${VERBS[state]} (${plainText(error.message)})`
  return state === 'refused' ? `${why}: ${plainText(error.hint)}` : why
}

/** What became of something at registries, one line for each. */
export const targetFields = (targets: readonly TargetReply[]): readonly (readonly [string, string])[] =>
  targets.map((target) => ['registry', `${plainText(target.target)}: ${stateText(target)}`])

/** The same where nothing else stands in columns. */
export const targetLines = (targets: readonly TargetReply[] = []): string => targetFields(targets).map((field) => `${field.join(' ')}\n`).join('')

/** What a registry has still to be handed; nothing where there is none, or all is there. */
export const deliveriesText = (pending: number | undefined): string | undefined =>
  pending === undefined || pending === 0 ? undefined : `${count(pending, 'record')} to the central registry`
