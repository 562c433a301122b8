import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError, type PackageName, type Version } from '#core'
import { models, type Model, releasesOf, type Releases, type Settled, settle, suits, type World, worlds, wishOf } from './random-universe.conformance.ts'
import { Resolution } from './resolution.ts'

/** A multiple of three: fast-check never ends a number of runs that is not whole. */
const RUNS = process.env['GGEN_LONG'] === '1' ? 9000 : 1500

const modelOf = (settled: Settled): Model => {
  assert(settled.type === 'solved', 'it was not solved')
  return new Map(settled.chosen.map(({ name, version }) => [name, version]))
}

const choose = (releases: Releases, ...wishes: readonly string[]): string[] =>
  [...modelOf(settle(releases, { wishes: wishes.map(wishOf) }))].map(([name, version]) => `${name}@${version}`)

/** Names that somebody in a choice wants, directly or not. */
const reached = ({ releases, wishes }: World, model: Model, withOptional = true): ReadonlySet<string> => {
  const found = new Set<string>()
  const left: string[] = wishes.flatMap(({ name, optional }) => (withOptional || !optional ? name : []))
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    const version = model.get(name)
    if (version === undefined || found.has(name)) continue
    found.add(name)
    const wanted = (releases.get(name)?.get(version) ?? []).filter(({ kind }) => kind !== 'optional-peer' && (withOptional || kind !== 'optional'))
    left.push(...wanted.map((one) => one.name))
  }
  return found
}

describe('a resolution', () => {
  it('finds a choice exactly where there is one, and everything in it suits the rest and is wanted', () => {
    let solved = 0
    fc.assert(fc.property(worlds, (world) => {
      const settled = settle(world.releases, world)
      const [any] = models(world)
      assert.equal(settled.type === 'solved', any !== undefined, any === undefined ? 'there is no choice' : JSON.stringify([...any]))
      if (settled.type === 'failed') return
      solved += 1
      const model = modelOf(settled)
      assert(suits(world, model), 'it does not suit everybody')
      assert.deepEqual([...reached(world, model)].sort(), [...model.keys()].sort())
    }), { numRuns: RUNS })
    assert(solved > RUNS / 10 && solved < RUNS, `${solved} of ${RUNS} could be solved`)
  })

  it('leaves out an optional package only where nothing that was chosen could stay with it', () => {
    let left = 0
    fc.assert(fc.property(worlds, (world) => {
      const settled = settle(world.releases, world)
      if (settled.type === 'failed') return
      const model = modelOf(settled)
      for (const { name } of settled.missing) {
        left += 1
        assert(!model.has(name))
        for (const version of world.releases.get(name)?.keys() ?? []) {
          const [wider] = models(world, new Map([...model, [name, version]]))
          assert.equal(wider, undefined, `${name} could be had`)
        }
      }
    }), { numRuns: RUNS })
    assert(left > RUNS / 50, `${left} packages were left out`)
  })

  it('never chooses the rest differently for something optional', () => {
    fc.assert(fc.property(worlds, (world) => {
      const without = new Map([...world.releases].map(([name, versions]) => [name, new Map([...versions].map(([version, wanted]) => [
        version, wanted.map((one) => (one.kind === 'optional' ? { ...one, kind: 'optional-peer' as const } : one)),
      ]))]))
      const plain = settle(without, { wishes: world.wishes.filter(({ optional }) => !optional) })
      const settled = settle(world.releases, { wishes: world.wishes.filter(({ optional }) => !optional) })
      assert.equal(settled.type, plain.type)
      if (plain.type === 'failed') return
      const model = modelOf(settled)
      for (const [name, version] of modelOf(plain)) assert.equal(model.get(name), version)
    }), { numRuns: RUNS })
  })

  it('chooses the same in whatever order it is asked and answered', () => {
    const answers = fc.record({ world: worlds, dice: fc.infiniteStream(fc.boolean()), order: fc.infiniteStream(fc.nat()) })
    fc.assert(fc.property(answers, ({ world: { releases, wishes }, dice, order }) => {
      const shuffled = <T>(list: Iterable<T>): T[] =>
        [...list].map((one) => [order.next().value as number, one] as const).sort(([a], [b]) => a - b).map(([, one]) => one)
      const mixed: Releases = new Map(shuffled(releases).map(([name, versions]) =>
        [name, new Map([...versions].map(([version, wanted]) => [version, shuffled(wanted)]))]))
      const one = settle(releases, { wishes })
      const other = settle(mixed, { wishes: shuffled(wishes) }, { late: () => dice.next().value as boolean })
      assert.equal(other.type, one.type)
      if (one.type === 'solved') assert.deepEqual([...modelOf(other)], [...modelOf(one)])
    }), { numRuns: RUNS / 3 })
  })

  it('keeps what is preferred of everything that is needed where that suits everybody', () => {
    fc.assert(fc.property(worlds, fc.nat(), (world, pick) => {
      const all = [...models(world)]
      const model = all[pick % Math.max(1, all.length)]
      if (model === undefined) return
      const preferring = new Map([...world.releases].map(([name, versions]) => [
        name, new Map([...versions].toSorted(([a], [b]) => Number(b === model.get(name)) - Number(a === model.get(name)))),
      ]))
      const chosen = modelOf(settle(preferring, world))
      for (const name of reached(world, model, false)) assert.equal(chosen.get(name), model.get(name), name)
    }), { numRuns: RUNS / 3 })
  })
})

describe('a resolution that goes on', () => {
  it('asks only for what it has to know, and again where it was not told', () => {
    const resolution = new Resolution({ wishes: [wishOf('app@any')] })
    const [app, lib] = [{ name: 'app' as PackageName, version: '1.0.0' as Version }, 'lib' as PackageName]
    for (const _time of [1, 2]) assert.deepEqual(resolution.next(), { type: 'ask', names: ['app'], releases: [] })
    resolution.offer(app.name, { candidates: [{ version: app.version, isLeaf: false }] })
    for (const _time of [1, 2]) assert.deepEqual(resolution.next(), { type: 'ask', names: [], releases: [app] })
    resolution.tell(app, [{ name: lib, range: '*', kind: 'needed' }, { name: 'host' as PackageName, range: '*', kind: 'optional-peer' }])
    assert.deepEqual(resolution.next(), { type: 'ask', names: ['lib'], releases: [] }, 'nobody is asked for what only others would bring')
    resolution.offer(lib, { candidates: [{ version: app.version, isLeaf: true }] })
    const settled = resolution.next()
    assert(settled.type === 'solved')
    assert.deepEqual(settled.chosen.map(({ name }) => name), ['app', 'lib'])
    assert.deepEqual(resolution.next(), settled)
  })
})

describe('what is chosen', () => {
  it('is the newest of everything where that suits', () => {
    const releases = releasesOf({ app: { '2.0.0': ['lib@^1'], '1.0.0': [] }, lib: { '2.0.0': [], '1.5.0': [], '1.0.0': [] } })
    assert.deepEqual(choose(releases, 'app@any'), ['app@2.0.0', 'lib@1.5.0'])
    assert.deepEqual(choose(releases, 'app@any', 'lib@any'), ['app@2.0.0', 'lib@1.5.0'], 'one version for all')
  })

  it('goes back where the newest does not suit the others', () => {
    const releases = releasesOf({
      web: { '3.0.0': ['base@^3'], '2.0.0': ['base@^2'], '1.0.0': ['base@^1'] }, cli: { '1.0.0': ['base@^2'] }, base: { '3.0.0': [], '2.0.0': [], '1.0.0': [] },
    })
    assert.deepEqual(choose(releases, 'web@any', 'cli@any'), ['base@2.0.0', 'cli@1.0.0', 'web@2.0.0'])
  })

  it('may go round in a ring', () => {
    const releases = releasesOf({ a: { '1.0.0': ['b@1'] }, b: { '1.0.0': ['c@1'] }, c: { '2.0.0': ['a@2'], '1.0.0': ['a@1'] } })
    assert.deepEqual(choose(releases, 'a@any'), ['a@1.0.0', 'b@1.0.0', 'c@1.0.0'])
    assert.deepEqual(choose(releasesOf({ a: { '2.0.0': ['a@1'], '1.0.0': ['a@1'] } }), 'a@any'), ['a@1.0.0'], 'a release that cannot suit itself')
  })

  it('brings a peer where nobody else does, and takes the one that others bring', () => {
    const releases = releasesOf({
      plugin: { '1.0.0': ['host!@>=1'] }, host: { '3.0.0': [], '2.0.0': [], '1.0.0': [] }, app: { '1.0.0': ['host@^2', 'plugin@1'] },
    })
    assert.deepEqual(choose(releases, 'plugin@any'), ['host@3.0.0', 'plugin@1.0.0'])
    assert.deepEqual(choose(releases, 'app@any'), ['app@1.0.0', 'host@2.0.0', 'plugin@1.0.0'])
  })

  it('never brings an optional peer, and heeds it where others bring it, whoever came first', () => {
    const releases = releasesOf({
      plugin: { '1.0.0': ['host~@^1'] }, host: { '2.0.0': [], '1.0.0': [] }, zoo: { '1.0.0': ['host@*'] }, app: { '1.0.0': ['host@*'] },
    })
    assert.deepEqual(choose(releases, 'plugin@any'), ['plugin@1.0.0'])
    assert.deepEqual(choose(releases, 'plugin@any', 'zoo@any'), ['host@1.0.0', 'plugin@1.0.0', 'zoo@1.0.0'])
    assert.deepEqual(choose(releases, 'plugin@any', 'app@any'), ['app@1.0.0', 'host@1.0.0', 'plugin@1.0.0'])
  })

  it('leaves out what is optional rather than choose the rest differently', () => {
    const releases = releasesOf({ app: { '1.0.0': ['extra?@1', 'lib@*'] }, extra: { '1.0.0': ['lib@^1'] }, lib: { '2.0.0': [], '1.0.0': [] } })
    assert.deepEqual(choose(releases, 'app@any'), ['app@1.0.0', 'lib@2.0.0'])
    assert.deepEqual(choose(releases, 'app@any', 'lib@1'), ['app@1.0.0', 'extra@1.0.0', 'lib@1.0.0'])
  })

  it('takes pre-releases as SemVer has them', () => {
    const releases = releasesOf({ a: { '1.1.0-rc.1': [], '1.0.0': [] }, b: { '1.0.0': ['a@^1.1.0-rc.0'] } })
    assert.deepEqual(choose(releases, 'a@^1'), ['a@1.0.0'])
    assert.deepEqual(choose(releases, 'a@any', 'b@any'), ['a@1.1.0-rc.1', 'b@1.0.0'])
  })

  it('does without what is refused where it can, and fails with it where not', () => {
    const releases = releasesOf({ app: { '2.0.0': ['secret@1'], '1.0.0': ['more?@1'] }, more: { '1.0.0': ['secret@1'] } })
    const refused = new Map([['secret', new GgenError('name-unverified', 'who is it?')]])
    const settled = settle(releases, { wishes: [wishOf('app@any')] }, { refused })
    assert.deepEqual([...modelOf(settled)], [['app', '1.0.0']])
    assert(settled.type === 'solved')
    assert.deepEqual(settled.missing.map(({ name }) => name), ['more'])
    assert.deepEqual(settled.missing[0]?.facts.map(({ kind }) => kind), ['dependency'])
    assert.equal(settle(releases, { wishes: [wishOf('app@2')] }, { refused }).type, 'failed')
  })
})

describe('hostile worlds', () => {
  const numbered = (prefix: string, count: number, wants: (index: number) => readonly string[]) =>
    Array.from({ length: count }, (_, index) => [`${prefix}${index}`, { '1.0.0': wants(index) }] as const)

  it('of ten thousand packages in one ring are chosen in one go', () => {
    const count = 9_999
    const releases = releasesOf(Object.fromEntries(numbered('p', count, (index) => [`p${(index + 1) % count}@1`, `p${(index * 7) % count}@*`])))
    assert.equal(modelOf(settle(releases, { wishes: [wishOf('p0@any')] })).size, count)
  })

  it('of more packages than a plan may have are refused', () => {
    const releases = releasesOf(Object.fromEntries(numbered('p', 10_002, (index) => [`p${index + 1}@1`])))
    assert.throws(() => settle(releases, { wishes: [wishOf('p0@any')] }), (error) => isGgenError(error, 'too-busy'))
  })

  it('with a dead end behind very many choices are seen through', () => {
    const wide = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [
      `w${index}`, Object.fromEntries(Array.from({ length: 40 }, (_, minor) => [`1.${40 - minor}.0`, ['deep@1']])),
    ]))
    const releases = releasesOf({ ...wide, deep: { '1.0.0': ['deeper@1'] }, deeper: { '1.0.0': ['none@1'] } })
    assert.equal(settle(releases, { wishes: Object.keys(wide).map((name) => wishOf(`${name}@any`)), maxSteps: 20_000 }).type, 'failed')
  })

  it('that hide a hard puzzle are given up after so many steps, and say so', () => {
    const holes = 9
    const pigeons = Object.fromEntries(Array.from({ length: holes + 1 }, (_, pigeon) => [
      `pigeon${pigeon}`, Object.fromEntries(Array.from({ length: holes }, (_, hole) => [`${hole + 1}.0.0`, [`hole${hole}@${pigeon + 1}.0.0`]])),
    ]))
    const nests = Object.fromEntries(Array.from({ length: holes }, (_, hole) => [
      `hole${hole}`, Object.fromEntries(Array.from({ length: holes + 1 }, (_, pigeon) => [`${pigeon + 1}.0.0`, []])),
    ]))
    const wishes = Object.keys(pigeons).map((name) => wishOf(`${name}@any`))
    assert.throws(() => settle(releasesOf({ ...pigeons, ...nests }), { wishes, maxSteps: 50_000 }), (error) => isGgenError(error, 'too-busy'))
  })

  it('name what they will never have', () => {
    const settled = settle(new Map(), { wishes: [{ name: 'nobody' as PackageName, optional: false }] })
    assert.deepEqual(settled, { type: 'failed', facts: [{ kind: 'wish', wish: { name: 'nobody', optional: false } }] })
  })
})
