import type { LimitsReply } from '#doors/control'
import type { Look } from './look.ts'
import { rateText } from './quantities.ts'
import { fieldsText } from './table.ts'

const limitText = (limit: number | undefined): string => (limit === undefined ? 'no limit' : rateText(limit))

/** What the node may take of the connection, and what it takes now. */
export const limitsText = ({ limits, rates }: LimitsReply, look: Look): string =>
  fieldsText([
    ['up', `${limitText(limits.up)}, now ${rateText(rates.up)}`],
    ['down', `${limitText(limits.down)}, now ${rateText(rates.down)}`],
    ['per peer', `${limitText(limits.perPeer)}${limits.perPeer === undefined ? '' : ' each way'}`],
  ], look)

const flowText = (rate: number, limit: number | undefined): string | undefined => {
  if (limit !== undefined) return `${rateText(rate)} of ${rateText(limit)}`
  return rate === 0 ? undefined : rateText(rate)
}

/** The same as fields of a status: only what moves or is limited. */
export const flowFields = ({ limits, rates }: LimitsReply): readonly (readonly [label: string, value: string | undefined])[] => [
  ['sends', flowText(rates.up, limits.up)],
  ['receives', flowText(rates.down, limits.down)],
  ['per peer', limits.perPeer === undefined ? undefined : `at most ${rateText(limits.perPeer)} each way`],
]
