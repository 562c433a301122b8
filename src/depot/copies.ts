import { type Clock, isGgenError, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import type { Network } from '#network'
import { decodeNpmAnswer, encodeNpmQuestion } from '#wire'
import { rankOf, type Team } from './team.ts'

export interface CopyParts {
  readonly network: Pick<Network, 'ask'>
  readonly clock: Clock
  readonly team: Pick<Team, 'peers'>
}

export interface CopyWish {
  /** Copies on other nodes. */
  readonly replicas: number
  readonly waitMs: number
  /** Nobody waits any more. */
  readonly signal: AbortSignal
}

/** Peers that say that they keep each archive, in the order of the archives. */
export type Copies = readonly (readonly PeerId[])[]

interface Sought {
  readonly sha512: Sha512
  readonly holders: Set<PeerId>
  /** Who is fetching it. */
  readonly coming: Set<PeerId>
  readonly declined: Set<PeerId>
}

const FIRST_PAUSE_MS = 125
const LAST_PAUSE_MS = 2000

/** Who is asked next about an archive: as many as are missing, the same ones each time, and others for each archive. */
const nextFor = ({ sha512, holders, coming, declined }: Sought, peers: readonly PeerId[], replicas: number): readonly PeerId[] => {
  const underWay = peers.filter((peer) => coming.has(peer))
  const missing = replicas - holders.size - underWay.length
  const fresh = peers.filter((peer) => !holders.has(peer) && !coming.has(peer) && !declined.has(peer))
  const ranked = fresh.map((peer) => ({ peer, rank: rankOf(peer, sha512) })).toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
  return holders.size >= replicas ? [] : [...underWay, ...ranked.slice(0, Math.max(0, missing)).map(({ peer }) => peer)]
}

const ask = async ({ network, clock }: CopyParts, peer: PeerId, sought: readonly Sought[]): Promise<void> => {
  for (let at = 0; at < sought.length; at += NPM_LIMITS.askedTarballs) {
    const some = sought.slice(at, at + NPM_LIMITS.askedTarballs)
    try {
      const question = encodeNpmQuestion({ tarballs: some.map(({ sha512 }) => sha512), documents: [], enclose: 0, keep: true })
      const answer = await network.ask(peer, '/ggen/npm/1', question, clock.timeout(NPM_LIMITS.peerAnswerMs))
      const { tarballs } = decodeNpmAnswer(answer, { tarballs: some.length, documents: 0, enclose: 0 })
      for (const [place, one] of some.entries()) note(one, peer, tarballs[place])
    } catch (error) {
      if (!isGgenError(error) && !(error instanceof Error && error.name === 'TimeoutError')) throw error
      for (const one of some) note(one, peer, undefined)
    }
  }
}

const note = ({ holders, coming, declined }: Sought, peer: PeerId, said: object | 'coming' | undefined): void => {
  coming.delete(peer)
  if (said === 'coming') coming.add(peer)
  else if (said === undefined) declined.add(peer)
  else holders.add(peer)
}

/**
 * Asks peers of the team to keep archives that this node holds, until `replicas` of them say that they do, nobody is left who could, or the time is over; what
 * there is by then is the result. Nothing is pushed: they fetch it from here. Throws the reason of the aborted signal.
 */
export const recruitCopies = async (parts: CopyParts, tarballs: readonly Sha512[], { replicas, waitMs, signal }: CopyWish): Promise<Copies> => {
  const { clock, team } = parts
  const all = tarballs.map((sha512): Sought => ({ sha512, holders: new Set(), coming: new Set(), declined: new Set() }))
  const until = clock.monotonic() + waitMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
    const questions = new Map<PeerId, Sought[]>()
    for (const one of all) {
      for (const peer of nextFor(one, team.peers, replicas)) {
        const asked = questions.get(peer) ?? []
        if (asked.length < NPM_LIMITS.keepAsked) asked.push(one)
        questions.set(peer, asked)
      }
    }
    if (questions.size === 0) break
    await Promise.all([...questions].map(async ([peer, some]) => await ask(parts, peer, some)))
    signal.throwIfAborted()
    const isOver = all.every((one) => nextFor(one, team.peers, replicas).length === 0)
    if (isOver || clock.monotonic() >= until) break
    await clock.wait(Math.min(pauseMs, Math.max(1, until - clock.monotonic())), signal)
  }
  return all.map(({ holders }) => [...holders])
}
