import { GgenError, type PackageName, type Version } from '#core'
import { rcompare } from 'semver'
import { ABSENT, type Choices, NONE } from './choices.ts'
import type { Fact } from './clause.ts'
import type { Relaxation } from './resolution.ts'
import { canDoWithout, type Offer, Variable } from './universe.ts'
import { Paths, type Want, wantsOf } from './wants.ts'

/** What is known beside the facts. */
export interface Known {
  readonly offerOf: (name: PackageName) => Offer
  /** Why a range of a package means nothing that may be installed. */
  readonly whyNone: (name: PackageName, range: string | undefined) => GgenError
}

/** Why there is no choice, and which wishes one could try to do without. */
export interface Explanation {
  readonly error: GgenError
  readonly relaxations: readonly Relaxation[]
}

const SHOWN = 8

/**
 * Why facts leave no choice. `dependency-conflict` where packages want versions of another one that exclude each other; where something that is wanted
 * cannot be had at all, the error that says why, and who wants it.
 */
export const explainConflict = (facts: readonly Fact[], known: Known): Explanation => {
  const wants = wantsOf(facts)
  const paths = new Paths(wants)
  const variables = new Map(wants.map(({ name }) => [name, new Variable(name, 0, known.offerOf(name))]))
  const suiting = ({ name, range }: Want): Choices => variables.get(name)?.suiting(range) ?? NONE
  const lacking = wants.filter((want) => suiting(want) === NONE).map((want) => unavailable(want, paths, known))
  const hopeless = [...lacking, ...facts.flatMap((fact) => unusable(fact, paths))]
  const clashing = clashOf(wants.filter((want) => suiting(want) !== NONE), suiting)
  if (clashing.length === 0 && hopeless[0] !== undefined) return { error: withOthers(hopeless[0], hopeless.slice(1)), relaxations: [] }
  const about = clashing.length > 0 ? clashing : wants
  return { error: conflict(about, { paths, variables, also: hopeless }), relaxations: relaxationsOf(about, wants) }
}

/** The wishes that exclude each other, and the ranges that the project itself gives; each once. */
const relaxationsOf = (clashing: readonly Want[], wants: readonly Want[]): readonly Relaxation[] => {
  const own = wants.filter(({ by, range }) => by === undefined && range !== undefined)
  const relaxations = [...clashing, ...own].map(({ by, name }): Relaxation => ({ ...(by !== undefined && { from: by.name }), name }))
  return [...new Map(relaxations.map((one) => [`${one.from ?? ''} ${one.name}`, one])).values()]
}

/** Wishes for one package of which no two or more can be left out without the rest suiting each other; empty where no package has such. */
const clashOf = (wants: readonly Want[], suiting: (want: Want) => Choices): readonly Want[] => {
  const byName = Map.groupBy(wants, ({ name }) => name)
  return [...byName.values()].map((some) => leastOf(some, suiting)).filter(({ length }) => length > 0).toSorted((a, b) => a.length - b.length)[0] ?? []
}

/** Some that leave nothing open together, none of which is needless; empty where all of them leave something. */
const leastOf = (wants: readonly Want[], suiting: (want: Want) => Choices): readonly Want[] => {
  const least: Want[] = []
  let [open, left] = [~ABSENT, wants]
  while (open !== NONE) {
    let rest = open
    const last = left.findIndex((want) => (rest &= suiting(want)) === NONE)
    const want = left[last]
    if (want === undefined) return []
    least.unshift(want)
    open &= suiting(want)
    left = left.slice(0, last)
  }
  return least
}

interface Surroundings {
  readonly paths: Paths
  readonly variables: ReadonlyMap<PackageName, Variable>
  readonly also: readonly GgenError[]
}

const conflict = (clashing: readonly Want[], { paths, variables, also }: Surroundings): GgenError => {
  const names = [...new Set(clashing.map(({ name }) => name))]
  const [name] = names
  const versions = newestFirst(names.length === 1 && name !== undefined ? (variables.get(name)?.candidates ?? []).map(({ version }) => version) : [])
  const said = clashing.slice(0, SHOWN).map((want) => wantText(want, paths))
  const more = clashing.length > SHOWN ? [`${clashing.length - SHOWN} more`] : []
  const what = names.length === 1 ? `no version of ${name} suits everybody` : 'what is wanted cannot be had together'
  const there = versions.length === 0 ? '' : `; there are ${listed(versions)}`
  const others = also.length === 0 ? '' : `; besides, ${also.slice(0, SHOWN).map(({ message }) => message).join('; ')}`
  return new GgenError('dependency-conflict', `${what}: ${[...said, ...more].join(', ')}${there}${others}`, {
    details: {
      ...(names.length === 1 && { name, versions: versions.slice(0, 50) }),
      wants: clashing.slice(0, 50).map((want) => ({ ...want, path: want.by === undefined ? [] : paths.to(want.by.name).slice(0, 50) })),
      ...(also.length > 0 && { besides: also.slice(0, SHOWN).map(({ code, message }) => ({ code, message })) }),
    },
  })
}

const newestFirst = (versions: readonly Version[]): readonly Version[] => versions.toSorted(rcompare)

const listed = (versions: readonly Version[]): string =>
  versions.length <= SHOWN ? versions.join(', ') : `${versions.slice(0, SHOWN - 1).join(', ')} and ${versions.length - SHOWN + 1} more`

/** `cli 1.0.0 wants base@^1 (app → cli)` */
const wantText = (want: Want, paths: Paths): string => {
  const { by, name, range, kind } = want
  const what = `${name}${range === undefined ? '' : `@${range}`}${kind === 'peer' || kind === 'optional-peer' ? ' as a peer' : ''}`
  if (by === undefined) return `the project wants ${what}`
  return `${by.name} ${listed(newestFirst(by.versions))} ${by.versions.length === 1 ? 'wants' : 'want'} ${what}${wayText(by.name, paths)}`
}

const wayText = (name: PackageName, paths: Paths): string => {
  const path = paths.to(name)
  const shown = path.length <= SHOWN ? path : [...path.slice(0, SHOWN / 2), `${path.length - SHOWN} more`, ...path.slice(-SHOWN / 2)]
  return path.length < 2 ? '' : ` (${shown.join(' → ')})`
}

/** Why a package that somebody wants cannot be had. */
const unavailable = (want: Want, paths: Paths, { offerOf, whyNone }: Known): GgenError => {
  const offer = offerOf(want.name)
  return wantedBy('refused' in offer ? offer.refused : whyNone(want.name, want.range), want, paths)
}

const unusable = (fact: Fact, paths: Paths): GgenError[] => {
  if (fact.kind !== 'unusable') return []
  const { name, version, error } = fact
  const message = `it is not known what ${name} ${version} wants${wayText(name, paths)}: ${error.message}`
  return [new GgenError(error.code, message, { cause: error, hint: error.hint, details: error.details })]
}

/** The same error, for something that nobody has typed. */
const wantedBy = (error: GgenError, want: Want, paths: Paths): GgenError => {
  if (want.by === undefined) return error
  const { by, name } = want
  const identity = error.details['identity']
  const hint = TRUST.has(error.code)
    ? `see who it is: ggen trust why ${name}; then bind the name to it: ggen trust add ${typeof identity === 'string' ? identity : 'IDENTITY'} --name ${name}`
    : error.hint
  const path = paths.to(by.name).slice(0, 50)
  return new GgenError(error.code, `${error.message}; ${wantText(want, paths)}`, {
    cause: error, hint, details: { ...error.details, wantedBy: { name: by.name, versions: by.versions, path, optional: canDoWithout(want) } },
  })
}

/** What a person can decide with a word. */
const TRUST: ReadonlySet<string> = new Set(['name-unverified', 'name-contested'])

const withOthers = (error: GgenError, others: readonly GgenError[]): GgenError => {
  if (others.length === 0) return error
  const besides = others.slice(0, SHOWN).map(({ code, message }) => ({ code, message }))
  return new GgenError(error.code, error.message, { cause: error, hint: error.hint, details: { ...error.details, besides } })
}
