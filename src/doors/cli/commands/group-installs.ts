import type { ServedFrom, ServedTarball } from '#core'

/** The archives that one run of a package manager asked for. */
export interface Install {
  readonly client: string
  /** Unix milliseconds. */
  readonly began: number
  readonly ended: number
  readonly archives: number
  /** By where they came from; what was nothing is absent. */
  readonly from: readonly { readonly from: ServedFrom; readonly archives: number; readonly bytes: number }[]
  /** Which peers gave how much, most first. */
  readonly peers: readonly { readonly peer: string; readonly archives: number; readonly bytes: number }[]
  /** How much longer it would have taken with the registry alone, as far as its speed was seen. */
  readonly savedMs?: number
  /** What was not served, or who failed before somebody else gave it. */
  readonly troubles: readonly { readonly name: string; readonly version: string; readonly isServed: boolean; readonly why: string }[]
}

/** How fast the registry gave archives. */
export interface UpstreamPace {
  readonly firstByteMs: number
  readonly bytesPerMs: number
}

/** Requests of one client that are further apart belong to different runs, where it does not say so itself. */
const GAP_MS = 5000
/** Fewer archives than that say nothing of how fast a registry is. */
const LEAST_SEEN = 3

const endOf = ({ at, durationMs }: ServedTarball): number => at + durationMs

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0

/** The median wait for the first byte, and bytes by the time that they took after it, of everything that came from registries. `undefined`: too little did. */
export const paceOf = (served: readonly ServedTarball[]): UpstreamPace | undefined => {
  const seen = served.filter(({ from, bytes }) => from === 'upstream' && bytes > 0)
  if (seen.length < LEAST_SEEN) return undefined
  const bytes = seen.reduce((sum, one) => sum + one.bytes, 0)
  const ms = seen.reduce((sum, one) => sum + Math.max(0, one.durationMs - one.firstByteMs), 0)
  return { firstByteMs: median(seen.map(({ firstByteMs }) => firstByteMs)), bytesPerMs: ms === 0 ? Infinity : bytes / ms }
}

/**
 * What the archives that came from elsewhere would have taken more, divided by how many came side by side: that much longer the whole would have been. Never
 * less than nothing.
 */
const savedBy = (served: readonly ServedTarball[], pace: UpstreamPace): number => {
  const spanMs = Math.max(1, Math.max(...served.map(endOf)) - Math.min(...served.map(({ at }) => at)))
  const abreast = Math.max(1, served.reduce((sum, { durationMs }) => sum + durationMs, 0) / spanMs)
  const elsewhere = served.filter(({ from }) => from !== 'upstream' && from !== 'nowhere')
  const more = elsewhere.reduce((sum, { bytes, durationMs }) => sum + pace.firstByteMs + bytes / pace.bytesPerMs - durationMs, 0)
  return Math.max(0, more / abreast)
}

const counted = (some: readonly { readonly bytes: number }[]): { readonly archives: number; readonly bytes: number } =>
  ({ archives: some.length, bytes: some.reduce((sum, { bytes }) => sum + bytes, 0) })

const installOf = (served: readonly [ServedTarball, ...ServedTarball[]], pace: UpstreamPace | undefined): Install => {
  const [first] = served
  const byPeer = Map.groupBy(served.flatMap(({ givers = [] }) => givers), ({ peer }) => peer)
  const byFrom = Map.groupBy(served, ({ from }) => from)
  return {
    client: first.client,
    began: first.at,
    ended: Math.max(...served.map(endOf)),
    archives: served.length,
    from: (['disk', 'peer', 'network', 'upstream', 'nowhere'] as const).flatMap((from) => {
      const some = byFrom.get(from)
      return some === undefined ? [] : [{ from, ...counted(some) }]
    }),
    peers: [...byPeer].map(([peer, some]) => ({ peer, ...counted(some) })).toSorted((a, b) => b.bytes - a.bytes),
    ...(pace !== undefined && { savedMs: savedBy(served, pace) }),
    troubles: served.flatMap(({ name, version, from, trouble: why }) => (why === undefined ? [] : [{ name, version, isServed: from !== 'nowhere', why }])),
  }
}

/** A run that may go on. */
interface OpenRun {
  readonly served: [ServedTarball, ...ServedTarball[]]
  readonly names: Set<string>
  ended: number
}

/** Whether an archive may be one of a run: no client asks for what it has got already. */
const fits = ({ names, ended }: OpenRun, { at, session, name, version }: ServedTarball): boolean =>
  session !== undefined || (at - ended <= GAP_MS && !names.has(`${name}@${version}`))

/**
 * Which archives were asked for by the same run of a package manager: those of one session, where it names one, else those of one client with no more than five
 * seconds between them and each once. Oldest first. Pure.
 */
export const groupInstalls = (served: readonly ServedTarball[]): readonly Install[] => {
  const runs: OpenRun[] = []
  const open = new Map<string, readonly OpenRun[]>()
  for (const one of served.toSorted((a, b) => a.at - b.at)) {
    const key = `${one.client} ${one.session ?? ''}`
    const lately = (open.get(key) ?? []).filter(({ ended }) => one.session !== undefined || one.at - ended <= GAP_MS)
    const known = lately.find((run) => fits(run, one))
    const run: OpenRun = known ?? { served: [one], names: new Set(), ended: endOf(one) }
    if (known === undefined) runs.push(run)
    else known.served.push(one)
    run.ended = Math.max(run.ended, endOf(one))
    if (one.from !== 'nowhere') run.names.add(`${one.name}@${one.version}`)
    open.set(key, known === undefined ? [...lately, run] : lately)
  }
  const pace = paceOf(served)
  return runs.map((run) => installOf(run.served, pace))
}
