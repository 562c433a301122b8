import {
  type Advice, type Block, type Clock, type IdentityId, isChainOp, isOpinion, LIMITS, type Op, type OpinionOp, type PackageName, SEVERITIES,
  type Version,
} from '#core'
import type { PackageViews } from '#flow/verify'
import type { BlockedSubject, Catalogue, TrustStore } from '#store'
import { endorsementOf, type OpinionsView, reopenOp, type StandingAdvisory, viewOpinions } from '#trust'
import { Range } from 'semver'
import type { Words } from './name-trust.ts'

export interface FollowedWordsParts {
  readonly catalogue: Pick<Catalogue, 'opinions' | 'opined'>
  readonly trust: TrustStore
  readonly views: Pick<PackageViews, 'identity'>
  readonly clock: Clock
}

/** What is said of one publisher by those that are followed and say something of it. */
interface Said {
  readonly voices: readonly { readonly by: IdentityId; readonly view: OpinionsView }[]
  /** How many opinions that is, and one. */
  readonly weight: number
  /** Unix seconds between which it holds. */
  readonly from: number
  readonly until: number
  readonly ranges: Map<string, Range | undefined>
}

const SILENCE: Said = Object.freeze({ voices: [], weight: 0, from: -Infinity, until: Infinity, ranges: new Map<string, Range | undefined>() })

/** What the publishers that the user follows say of others, and what he blocks himself. All of it is here: nobody is asked. */
export class FollowedWords {
  readonly #parts: FollowedWordsParts
  /** By whom it is about; what was used last stands last. */
  readonly #said = new Map<IdentityId, Said>()
  #weight = 0
  #followed: readonly IdentityId[] | undefined
  /** By whom it is about, those that say something of it; `unknown` where that would be too much to remember. */
  #speakers: Map<IdentityId, readonly IdentityId[]> | 'unknown' | undefined
  #blocked: ReadonlyMap<IdentityId, readonly BlockedSubject[]> | undefined
  #revision = 0

  constructor(parts: FollowedWordsParts) {
    this.#parts = parts
  }

  /** Another number whenever something else may be said than before. */
  get revision(): number {
    return this.#revision
  }

  /** What is said of a publisher, under a name. The user's own word comes first, then the words of those that were followed first. */
  wordsOn(identity: IdentityId, name: PackageName): Words {
    const endorsements = this.#saidOf(identity).voices.flatMap(({ by, view }) => {
      const body = endorsementOf(view, identity, name)?.body
      return body === undefined ? [] : [{ by, body }]
    })
    const blocks = endorsements.filter(({ body }) => body.level === 'block')
    const [block] = [...this.#ownBlock(identity, name), ...blocks.map(({ by, body: { why } }): Block => ({ by, ...(why !== undefined && { why }) }))]
    const endorsedBy = endorsements.filter(({ body }) => body.level === 'vouch').map(({ by }) => by)
    const advice = this.#advisories(identity, name).map(toAdvice).toSorted(byWeight).slice(0, LIMITS.shownAdvice)
    return { endorsedBy, ...(block !== undefined && { block }), ...(advice.length > 0 && { advice }) }
  }

  /** What is said against one version of a package, the worst first. */
  adviceOn(identity: IdentityId, name: PackageName, version: Version): readonly Advice[] {
    const { ranges } = this.#saidOf(identity)
    return this.#advisories(identity, name).filter(({ body: { range } }) => covers(ranges, range, version)).map(toAdvice).toSorted(byWeight)
  }

  /** An op that is new here may change what is said. */
  hear(op: Op): void {
    if (!isOpinion(op) && !isChainOp(op)) return
    if (!this.#followers().includes(op.identity)) return
    this.#revision += 1
    if (isOpinion(op)) this.#hearOf(op.body.target, op.identity)
    else this.#clear()
  }

  /** Whom the user follows, or what he blocks, has changed. */
  forget(): void {
    this.#revision += 1
    this.#followed = undefined
    this.#speakers = undefined
    this.#blocked = undefined
    this.#clear()
  }

  #ownBlock(identity: IdentityId, name: PackageName): readonly Block[] {
    this.#blocked ??= Map.groupBy(this.#parts.trust.memory.blocked(), (one) => one.identity)
    const own = (this.#blocked.get(identity) ?? []).find((one) => one.name === undefined || one.name === name)
    return own === undefined ? [] : [{ by: 'you', ...(own.why !== undefined && { why: own.why }) }]
  }

  #advisories(identity: IdentityId, name: PackageName): readonly StandingAdvisory[] {
    return this.#saidOf(identity).voices.flatMap(({ view }) => view.advisories.get(identity)?.get(name) ?? [])
  }

  #followers(): readonly IdentityId[] {
    this.#followed ??= this.#parts.trust.memory.followed().map(({ identity }) => identity)
    return this.#followed
  }

  #hearOf(target: IdentityId, by: IdentityId): void {
    this.#drop(target)
    if (!(this.#speakers instanceof Map)) return
    const known = this.#speakers.get(target) ?? []
    if (!known.includes(by)) this.#speakers.set(target, [...known, by])
    if (this.#speakers.size > LIMITS.opinedTargets) this.#speakers = 'unknown'
  }

  /** Those that are followed and say something of an identity, or may do so. */
  #speakersOf(identity: IdentityId): readonly IdentityId[] {
    this.#speakers ??= this.#readSpeakers()
    if (this.#speakers === 'unknown') return this.#followers()
    const speakers = this.#speakers.get(identity)
    return speakers === undefined ? [] : this.#followers().filter((one) => speakers.includes(one))
  }

  #readSpeakers(): Map<IdentityId, readonly IdentityId[]> | 'unknown' {
    const speakers = new Map<IdentityId, readonly IdentityId[]>()
    for (const by of this.#followers()) {
      for (const target of this.#parts.catalogue.opined(by, LIMITS.opinedTargets + 1)) speakers.set(target, [...(speakers.get(target) ?? []), by])
      if (speakers.size > LIMITS.opinedTargets) return 'unknown'
    }
    return speakers
  }

  #saidOf(identity: IdentityId): Said {
    const speakers = this.#speakersOf(identity)
    if (speakers.length === 0) return SILENCE
    const now = Math.floor(this.#parts.clock.now() / 1000)
    const known = this.#said.get(identity)
    this.#drop(identity)
    const said = known !== undefined && known.from <= now && now <= known.until ? known : this.#read(identity, speakers, now)
    this.#said.set(identity, said)
    this.#weight += said.weight
    for (const oldest of this.#said.keys()) {
      if (this.#weight <= LIMITS.knownOpinions || oldest === identity) break
      this.#drop(oldest)
    }
    return said
  }

  #read(identity: IdentityId, speakers: readonly IdentityId[], now: number): Said {
    const { catalogue, views } = this.#parts
    const said = { count: 0, until: Infinity }
    const voices = speakers.flatMap((by) => {
      const envelopes = catalogue.opinions(by, identity, LIMITS.opinionsPerTarget)
      const speaker = envelopes.length === 0 ? undefined : views.identity(by)
      if (speaker === undefined) return []
      const view = viewOpinions(speaker, envelopes.map((envelope) => reopenOp(envelope) as OpinionOp), now)
      said.count += envelopes.length
      said.until = Math.min(said.until, view.until ?? Infinity)
      return [{ by, view }]
    })
    return { voices, weight: said.count + 1, from: now, until: said.until, ranges: new Map() }
  }

  #drop(identity: IdentityId): void {
    this.#weight -= this.#said.get(identity)?.weight ?? 0
    this.#said.delete(identity)
  }

  #clear(): void {
    this.#said.clear()
    this.#weight = 0
  }
}

/** Advice for which a version is not chosen. */
export const isSevere = ({ severity }: Advice): boolean => severity === 'high' || severity === 'critical'

const byWeight = (a: Advice, b: Advice): number => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.at - a.at

const toAdvice = ({ identity: by, at, body: { range, severity, why, ref, fix } }: StandingAdvisory): Advice => ({
  by,
  range,
  severity,
  ...(why !== undefined && { why }),
  ...(ref !== undefined && { ref }),
  ...(fix !== undefined && { fix }),
  at,
})

/** A warning whose range cannot be read is about every version: better too much than too little. */
const covers = (ranges: Map<string, Range | undefined>, range: string, version: Version): boolean => {
  if (!ranges.has(range)) ranges.set(range, parse(range))
  return ranges.get(range)?.test(version) ?? true
}

const parse = (range: string): Range | undefined => {
  try {
    return new Range(range, { includePrerelease: true })
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
