import { GgenError } from '#core'
import { type DenyRule, denyRuleText, type HeldBack, isDenied, NOTHING_HELD_BACK, type NpmName } from '#npm'

/** What the operator wants of npm registries. */
export interface NpmPolicy {
  /** Hashes (`SHA256:…`) of keys that they may sign with although nothing else speaks for them. */
  readonly acceptedKeys: ReadonlySet<string>
  /** What nobody gets here. */
  readonly denied: readonly DenyRule[]
  /** Versions that are younger are not offered; 0: all are. Milliseconds. */
  readonly minAgeMs: number
  /** Peers of a network that nobody enters without its key are believed which keys a registry has and when versions came out. */
  readonly believesTeam: boolean
}

const minute = 60_000
const hour = 60 * minute

/** A document is not made anew for each moment that goes by: the age is counted in steps, each of which waits a little longer. */
const stepOf = (minAgeMs: number): number => Math.min(hour, Math.max(minute, minAgeMs / 24))

/** What is not offered of a package at a time (Unix milliseconds). `anyAge`: a version is asked for by its number. Pure. */
export const heldBackOf = (
  { denied, minAgeMs }: NpmPolicy, { name, now, anyAge }: { readonly name: NpmName; readonly now: number; readonly anyAge: boolean },
): HeldBack => {
  const own = denied.filter((rule) => rule.name === name)
  if (own.length === 0 && (minAgeMs === 0 || anyAge)) return NOTHING_HELD_BACK
  const step = stepOf(minAgeMs)
  return { denied: own, ...(minAgeMs > 0 && !anyAge && { before: Math.floor((now - minAgeMs) / step) * step }) }
}

/** Throws `denied` where a rule is about a version, or about all of a package. */
export const assertAllowed = ({ denied }: NpmPolicy, name: NpmName, version?: string): void => {
  const rule = denied.find((one) => one.name === name && (version === undefined ? one.range === undefined : isDenied(one, version)))
  if (rule === undefined) return
  throw new GgenError('denied', `${name}${version === undefined ? '' : `@${version}`} is on the list of what this node gives to nobody`, {
    hint: `npm.deny has ${JSON.stringify(denyRuleText(rule))}: ask whoever runs the node, or choose another version`,
  })
}
