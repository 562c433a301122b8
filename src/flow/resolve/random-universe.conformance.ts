import fc from 'fast-check'
import { type Dependency, DEPENDENCY_KINDS, type GgenError, type PackageName, type Version } from '#core'
import { satisfies } from 'semver'
import { Resolution, type ResolutionQuestion, type ResolutionStep } from './resolution.ts'
import type { ProjectWish } from './universe.ts'

/** What all releases want: by name, and by version in the order of preference. */
export type Releases = ReadonlyMap<string, ReadonlyMap<string, readonly Dependency[]>>

export interface World {
  readonly releases: Releases
  readonly wishes: readonly ProjectWish[]
}

/** A short form: `{ a: { '1.0.0': ['b@^1', 'c?@1', 'd!@2', 'e~@3'] } }`, where `?` is optional, `!` a peer and `~` an optional peer. */
export const releasesOf = (table: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>): Releases =>
  new Map(Object.entries(table).map(([name, versions]) => [
    name, new Map(Object.entries(versions).map(([version, wanted]) => [version, wanted.map(dependencyOf)])),
  ]))

const MARKS = { '?': 'optional', '!': 'peer', '~': 'optional-peer' } as const

export const dependencyOf = (text: string): Dependency => {
  const [, name = '', mark = '', range = ''] = /^([^@?!~]+)([?!~]?)@(.+)$/.exec(text) ?? []
  return { name: name as PackageName, range, kind: mark in MARKS ? MARKS[mark as keyof typeof MARKS] : 'needed' }
}

export const wishOf = (text: string): ProjectWish => {
  const { name, range, kind } = dependencyOf(text)
  return { name, ...(range !== 'any' && { range }), optional: kind === 'optional' }
}

export type Settled = Extract<ResolutionStep, { type: 'solved' | 'failed' }>

export interface SettleOptions {
  readonly refused?: ReadonlyMap<string, GgenError>
  readonly late?: () => boolean
}

/** Answers a resolution from a world until it has settled. `late` says which answers come only when they are asked for again. */
export const settle = (releases: Releases, question: ResolutionQuestion, more: SettleOptions = {}): Settled => {
  const resolution = new Resolution(question)
  const { refused = new Map<string, GgenError>(), late = () => false } = more
  for (;;) {
    const step = resolution.next()
    if (step.type === 'solved' || step.type === 'failed') return step
    if (step.type !== 'ask') continue
    for (const name of step.names) {
      if (late()) continue
      const error = refused.get(name)
      const candidates = [...(releases.get(name) ?? [])].map(([version, wanted]) => ({ version: version as Version, isLeaf: wanted.length === 0 }))
      resolution.offer(name, error === undefined ? { candidates } : { refused: error })
    }
    for (const release of step.releases) {
      if (!late()) resolution.tell(release, releases.get(release.name)?.get(release.version) ?? [])
    }
  }
}

/** Name to version. */
export type Model = ReadonlyMap<string, string>

/** Whether a choice suits everybody in it: nobody lacks what it needs, and nobody meets what it cannot use. */
export const suits = ({ releases, wishes }: World, model: Model): boolean => {
  const isSuited = (name: string, range: string | undefined, canDoWithout: boolean): boolean => {
    const version = model.get(name)
    return version === undefined ? canDoWithout : range === undefined || satisfies(version, range)
  }
  return (
    wishes.every(({ name, range, optional }) => isSuited(name, range, optional)) &&
    [...model].every(([name, version]) =>
      (releases.get(name)?.get(version) ?? []).every((one) => isSuited(one.name, one.range, one.kind === 'optional' || one.kind === 'optional-peer')))
  )
}

/** Every choice that suits everybody, found by trying all of them; `fixed` must be part of it. */
export function* models(world: World, fixed: Model = new Map()): Generator<Model> {
  const names = [...world.releases.keys()].filter((name) => !fixed.has(name))
  const extend = function* (index: number, model: ReadonlyMap<string, string>): Generator<Model> {
    const name = names[index]
    if (name === undefined) {
      if (suits(world, model)) yield model
      return
    }
    yield* extend(index + 1, model)
    for (const version of world.releases.get(name)?.keys() ?? []) yield* extend(index + 1, new Map([...model, [name, version]]))
  }
  yield* extend(0, fixed)
}

const NAMES = ['a', 'b', 'c', 'd', 'e'] as const
const KINDS = [...DEPENDENCY_KINDS, 'needed'] as const
const RANGES = ['*', '^1', '^2', '1.0.0', '1.1.0', '2.0.0', '>=1.1', '<2', '3'] as const

/** Small worlds with everything in them: conflicts, rings, names that nobody has, and all kinds of dependencies. */
export const worlds: fc.Arbitrary<World> = fc.record({
  releases: fc
    .array(
      fc.tuple(
        fc.constantFrom(...NAMES), fc.constantFrom('2.0.0', '1.1.0', '1.0.0'),
        fc.array(fc.tuple(fc.constantFrom(...NAMES, 'z'), fc.constantFrom(...RANGES), fc.constantFrom(...KINDS)), { maxLength: 3 }),
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((rows) => {
      const releases = new Map<string, Map<string, Dependency[]>>()
      for (const [name, version, wanted] of rows) {
        const unique = new Map(wanted.map(([other, range, kind]) => [other, { name: other as PackageName, range, kind }]))
        releases.set(name, (releases.get(name) ?? new Map<string, Dependency[]>()).set(version, [...unique.values()]))
      }
      return new Map([...releases].map(([name, versions]) => [name, new Map([...versions].toSorted(([a], [b]) => (a < b ? 1 : -1)))]))
    }),
  wishes: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...NAMES, 'z').map((name) => name as PackageName), range: fc.constantFrom(...RANGES),
      optional: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 3 },
  ),
})
