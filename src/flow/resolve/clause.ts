import type { Dependency, GgenError, PackageName, Version } from '#core'
import { type Choices, NONE } from './choices.ts'
import type { ProjectWish, Variable } from './universe.ts'

/** Why something is known, where nothing else follows from it. */
export type Fact =
  | { readonly kind: 'wish'; readonly wish: ProjectWish }
  | { readonly kind: 'dependency'; readonly from: PackageName; readonly version: Version; readonly dependency: Dependency }
  | { readonly kind: 'unusable'; readonly name: PackageName; readonly version: Version; readonly error: GgenError }

/** Choices that exclude each other: of at least one package something outside of its set has to be chosen. Without any terms, nothing can be chosen at all. */
export interface Clause {
  readonly terms: ReadonlyMap<Variable, Choices>
  readonly why: Fact | { readonly kind: 'derived'; readonly from: readonly [Clause, Clause] }
}

/** The clause that a fact is; `undefined` where it excludes nothing. Sets of the same package have to hold together. */
export const factClause = (sets: readonly (readonly [Variable, Choices])[], why: Fact): Clause | undefined => {
  const terms = new Map<Variable, Choices>()
  for (const [variable, choices] of sets) terms.set(variable, (terms.get(variable) ?? variable.every) & choices)
  for (const [variable, choices] of terms) {
    if (choices === NONE) return undefined
    if (choices === variable.every) terms.delete(variable)
  }
  return { terms, why }
}

/** What follows from two clauses: of one package, nothing outside of both of their sets is left. */
export const resolvent = (one: Clause, other: Clause, about: Variable): Clause => {
  const terms = new Map(one.terms)
  for (const [variable, choices] of other.terms) {
    const before = terms.get(variable)
    if (before === undefined) terms.set(variable, choices)
    else terms.set(variable, variable === about ? before | choices : before & choices)
  }
  if (terms.get(about) === about.every) terms.delete(about)
  return { terms, why: { kind: 'derived', from: [one, other] } }
}

/** Everything that clauses stand on in the end, each once. */
export const factsOf = (clauses: Iterable<Clause>): readonly Fact[] => {
  const facts = new Set<Fact>()
  const seen = new Set<Clause>()
  const left = [...clauses]
  for (let clause = left.pop(); clause !== undefined; clause = left.pop()) {
    if (seen.has(clause)) continue
    seen.add(clause)
    if (clause.why.kind === 'derived') left.push(...clause.why.from)
    else facts.add(clause.why)
  }
  return [...facts]
}
