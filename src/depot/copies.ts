import { type Clock, isGgenError, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import type { Network } from '#network'
import { decodeNpmAnswer, encodeNpmQuestion, type KeepWord } from '#wire'
import { type CopyPlan, firstFor } from './copy-plan.ts'
import type { Team } from './team.ts'

export interface CopyParts {
  readonly network: Pick<Network, 'ask'>
  readonly clock: Clock
  readonly team: Pick<Team, 'peers'>
}

/** Hears what a peer says of an archive: it keeps it, is fetching it to keep it, or does not keep it. */
export type HearCopy = (sha512: Sha512, peer: PeerId, said: 'kept' | 'coming' | 'none') => void

export interface CopyTalk {
  readonly hear: HearCopy
  /** Nobody waits any more. */
  readonly signal: AbortSignal
}

interface Saying {
  readonly word: KeepWord
  readonly tarballs: readonly Sha512[]
}

/** Says a word about archives to a peer, as many as it may be told in one round. False: it did not answer everything. Throws the reason of the signal. */
const say = async (
  { network, clock }: CopyParts, { peer, word, tarballs }: Saying & { readonly peer: PeerId }, { hear, signal }: CopyTalk,
): Promise<boolean> => {
  for (let at = 0; at < tarballs.length; at += NPM_LIMITS.askedTarballs) {
    const some = tarballs.slice(at, at + NPM_LIMITS.askedTarballs)
    try {
      const question = encodeNpmQuestion({ tarballs: some, documents: [], enclose: 0, keep: word })
      const soon = AbortSignal.any([signal, clock.timeout(NPM_LIMITS.peerAnswerMs)])
      const answer = await network.ask(peer, '/ggen/npm/1', question, soon)
      const said = decodeNpmAnswer(answer, { tarballs: some.length, documents: 0, enclose: 0 }).tarballs
      for (const [place, sha512] of some.entries()) {
        const one = said[place]
        hear(sha512, peer, one === undefined ? 'none' : one === 'coming' ? 'coming' : 'kept')
      }
    } catch (error) {
      signal.throwIfAborted()
      if (!isGgenError(error) && !(error instanceof Error && error.name === 'TimeoutError')) throw error
      return false
    }
  }
  return true
}

/** Says a word about archives to everybody; of who does not answer, nothing is heard. Throws the reason of the aborted signal. */
export const sayToAll = async (parts: CopyParts, { word, tarballs }: Saying, talk: CopyTalk): Promise<void> => {
  const { clock, team } = parts
  let silent = new Set<PeerId>()
  for (let at = 0; at < tarballs.length; at += NPM_LIMITS.keepAsked) {
    if (at > 0) await clock.wait(NPM_LIMITS.keepPauseMs, talk.signal)
    const some = { word, tarballs: tarballs.slice(at, at + NPM_LIMITS.keepAsked) }
    const peers = team.peers.filter((peer) => !silent.has(peer))
    for (let first = 0; first < peers.length; first += NPM_LIMITS.keepersAtOnce) {
      const asked = peers.slice(first, first + NPM_LIMITS.keepersAtOnce)
      const answered = await Promise.all(asked.map(async (peer) => await say(parts, { peer, ...some }, talk)))
      silent = silent.union(new Set(asked.filter((_, place) => answered[place] === false)))
    }
  }
}

interface Sought extends CopyPlan {
  readonly holders: Set<PeerId>
  /** Who is fetching it. */
  readonly coming: Set<PeerId>
  readonly declined: Set<PeerId>
}

const FIRST_PAUSE_MS = 125
const LAST_PAUSE_MS = 2000

/** Who is asked next about an archive: those that are fetching it, and as many others as are missing. */
const nextFor = ({ sha512, again, newcomers, holders, coming, declined }: Sought, peers: readonly PeerId[]): readonly PeerId[] => {
  const underWay = peers.filter((peer) => coming.has(peer))
  const found = [...holders, ...underWay].filter((peer) => !again.includes(peer)).length
  if (found >= newcomers) return underWay
  const fresh = peers.filter((peer) => !holders.has(peer) && !coming.has(peer) && !declined.has(peer) && !again.includes(peer))
  return [...underWay, ...firstFor(sha512, fresh, newcomers - found)]
}

const note = ({ holders, coming, declined }: Sought, peer: PeerId, said: 'kept' | 'coming' | 'none'): void => {
  coming.delete(peer)
  const { [said]: heard } = { kept: holders, coming, none: declined }
  heard.add(peer)
}

/**
 * Has peers of the team keep archives that this node holds, as it is planned, until all of them say that they do, nobody is left who could, or `waitMs` are
 * over. Nothing is pushed: they fetch it from here. Throws the reason of the aborted signal.
 */
export const recruitCopies = async (
  parts: CopyParts, plans: readonly CopyPlan[], { waitMs, hear, signal }: CopyTalk & { readonly waitMs: number },
): Promise<void> => {
  const { clock, team } = parts
  const all = new Map(plans.map((plan): [Sha512, Sought] => [plan.sha512, { ...plan, holders: new Set(), coming: new Set(plan.again), declined: new Set() }]))
  const until = clock.monotonic() + waitMs
  const talk: CopyTalk = {
    signal,
    hear: (sha512, peer, said) => {
      const one = all.get(sha512)
      if (one !== undefined) note(one, peer, said)
      hear(sha512, peer, said)
    },
  }
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LAST_PAUSE_MS, pauseMs * 2)) {
    const questions = questionsOf(all.values(), team.peers)
    if (questions.size === 0) return
    await Promise.all([...questions].map(async ([peer, some]) => {
      if (await say(parts, { peer, word: 'take', tarballs: some.map(({ sha512 }) => sha512) }, talk)) return
      for (const { coming, declined } of some) {
        coming.delete(peer)
        declined.add(peer)
      }
    }))
    const isFull = questions.values().some((some) => some.length === NPM_LIMITS.keepAsked)
    const now = clock.monotonic()
    if (now >= until || questionsOf(all.values(), team.peers).size === 0) return
    await clock.wait(Math.min(isFull ? Math.max(pauseMs, NPM_LIMITS.keepPauseMs) : pauseMs, until - now), signal)
  }
}

/** What each peer is asked next. */
const questionsOf = (all: Iterable<Sought>, peers: readonly PeerId[]): ReadonlyMap<PeerId, readonly Sought[]> => {
  const questions = new Map<PeerId, Sought[]>()
  for (const one of all) {
    for (const peer of nextFor(one, peers)) {
      const asked = questions.get(peer) ?? []
      if (asked.length < NPM_LIMITS.keepAsked) asked.push(one)
      questions.set(peer, asked)
    }
  }
  return questions
}
