import type { StatusState, Version } from '#core'
import { compareOps } from './compare-ops.ts'
import type { ReleaseFacts, StatusFacts } from './feed-facts.ts'
import type { ReleaseView } from './view-package.ts'

/** Two claims agree only in everything that fetched bytes are checked against. */
export const isSameArchive = ({ body: { artifact: a } }: ReleaseFacts, { body: { artifact: b } }: ReleaseFacts): boolean =>
  a.sha512 === b.sha512 && a.digest === b.digest && a.sizeBytes === b.sizeBytes

/** The releases that claim one version slot. */
export class SlotClaims<R extends ReleaseFacts> {
  readonly #claims: R[] = []
  /** The one with the smallest (at, id); none when it has to be looked for. */
  #first: R | undefined
  #isDisputed = false

  get size(): number {
    return this.#claims.length
  }

  add(claim: R): void {
    this.#claims.push(claim)
    if (this.#first !== undefined) this.#note(claim, this.#first)
  }

  delete(claim: R): void {
    this.#claims.splice(this.#claims.indexOf(claim), 1)
    this.#first = undefined
  }

  /** What holds of the slot after the last word on it. A dispute is nothing that its parties can talk away. */
  standing(word: StatusFacts | undefined): StatusState | 'disputed' {
    this.#settle()
    return this.#isDisputed ? 'disputed' : word?.body.state ?? 'live'
  }

  /** `undefined` without claims. */
  view(version: Version, word: StatusFacts | undefined): ReleaseView<R> | undefined {
    const [standing, release] = [this.standing(word), this.#first]
    if (release === undefined) return undefined
    if (standing !== 'disputed') return { version, release, standing, ...(word?.body.why !== undefined && { why: word.body.why }), rivals: [] }
    const rivals = this.#claims.filter((claim) => !isSameArchive(claim, release)).sort(compareOps)
    return { version, release, standing, rivals }
  }

  #settle(): void {
    const [any, ...others] = this.#first === undefined ? this.#claims : []
    if (any === undefined) return
    this.#first = any
    this.#isDisputed = false
    for (const claim of others) this.#note(claim, this.#first)
  }

  /** As long as all are alike, any of them stands for all; one that differs from it differs from one of them for ever. */
  #note(claim: R, first: R): void {
    this.#isDisputed ||= !isSameArchive(claim, first)
    if (compareOps(claim, first) < 0) this.#first = claim
  }
}
