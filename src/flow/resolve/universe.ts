import type { Dependency, GgenError, PackageName, Version } from '#core'
import { Range, SemVer } from 'semver'
import { ABSENT, candidateBit, type Choices, everyChoice, NONE } from './choices.ts'

/** What the project itself asks for. */
export interface ProjectWish {
  readonly name: PackageName
  /** A version or a range that can only be valid; absent: any of the candidates. */
  readonly range?: string
  readonly optional: boolean
}

/** A release that may be chosen. */
export interface Candidate {
  readonly version: Version
  /** It wants nothing: nobody has to be asked what it wants. */
  readonly isLeaf: boolean
}

/** Which releases of a name may be chosen, the preferred first; or why none may. */
export type Offer = { readonly candidates: readonly Candidate[] } | { readonly refused: GgenError }

/** One package of which a choice is to be made. */
export class Variable {
  readonly name: PackageName
  /** In which order packages came into question. */
  readonly order: number
  readonly candidates: readonly Candidate[]
  readonly every: Choices
  /** Why there are no candidates. */
  readonly refused: GgenError | undefined
  readonly #parsed: readonly SemVer[]
  readonly #suiting = new Map<string, Choices>()

  constructor(name: PackageName, order: number, offer: Offer) {
    this.name = name
    this.order = order
    this.candidates = 'refused' in offer ? [] : offer.candidates
    this.refused = 'refused' in offer ? offer.refused : undefined
    this.every = everyChoice(this.candidates.length)
    this.#parsed = this.candidates.map(({ version }) => new SemVer(version))
  }

  /** The candidates in a range. */
  suiting(range: string | undefined): Choices {
    if (range === undefined) return this.every & ~ABSENT
    let choices = this.#suiting.get(range)
    if (choices === undefined) {
      const parsed = new Range(range)
      choices = this.#parsed.reduce((sum, version, index) => (parsed.test(version) ? sum | candidateBit(index) : sum), NONE)
      this.#suiting.set(range, choices)
    }
    return choices
  }

  /** What does not suit somebody who wants a range; whoever can do without it is suited by its absence too. */
  unsuited(range: string | undefined, canDoWithout: boolean): Choices {
    const unsuited = this.every & ~this.suiting(range)
    return canDoWithout ? unsuited & ~ABSENT : unsuited
  }
}

/** Whether a package is there all the same where what it wants in this way is missing. */
export const canDoWithout = ({ kind }: Pick<Dependency, 'kind'>): boolean => kind === 'optional' || kind === 'optional-peer'
