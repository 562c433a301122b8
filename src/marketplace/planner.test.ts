import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { isGgenError, LIMITS, parsePackageName, parsePackageSpec } from '#core'
import { memoryHub } from '#network'
import { openMarketplace, TestClock, type TestMarketplace } from '#testing'
import type { InstallPlan, PlanRequest } from './install-plan.ts'
import { Planner } from './planner.ts'

const never = new AbortController().signal
const HOUR = 3_600_000

/** The files of a package in a short form: `pack('app', '1.0.0', { dependencies: { base: '^1' } })`. */
const pack = (name: string, version: string, tables: object = {}): Readonly<Record<string, string>> =>
  ({ 'package.json': JSON.stringify({ name, version, ...tables }) })

const wants = (...specs: readonly string[]): PlanRequest => ({ wanted: specs.map((spec) => ({ spec: parsePackageSpec(spec) })), locked: [] })

const names = ({ packages }: InstallPlan): string[] => packages.map(({ name, version }) => `${name}@${version}`)

/** A publisher's node, and one of somebody who installs. */
const pair = async (clock: TestClock, options: Partial<Parameters<typeof openMarketplace>[0]> = {}): Promise<readonly [TestMarketplace, TestMarketplace]> => {
  const hub = memoryHub({ clock })
  const [author, user] = [await openMarketplace({ hub, clock }), await openMarketplace({ hub, clock, light: true, ...options })]
  hub.link(author.network.self, user.network.self)
  return [author, user]
}

const lockOf = ({ packages }: InstallPlan): PlanRequest['locked'] =>
  packages.flatMap(({ name, version, identity, digest }) => (identity === undefined ? [] : [{ name, version, identity, digest }]))

describe('a plan', () => {
  test('is made of what peers know, without a single archive', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    await author.publish(pack('base', '1.4.0'), 'ada')
    await author.publish(pack('base', '2.0.0'), 'ada')
    const web = await author.publish(pack('web', '1.0.0', { dependencies: { base: '^1' }, peerDependencies: { host: '*' } }), 'ada')
    await author.publish(pack('host', '3.1.0', { optionalDependencies: { gone: '^1', base: '*' } }), 'bob')
    const plan = await user.marketplace.plan(wants('web@^1'), never)
    assert.deepEqual(names(plan), ['base@1.4.0', 'host@3.1.0', 'web@1.0.0'])
    assert.deepEqual(plan.packages[2], {
      name: 'web', version: '1.0.0', identity: web.identity, digest: web.digest, sha512: plan.packages[2]?.sha512, sizeBytes: web.sizeBytes,
      dependencies: [{ name: 'base', range: '^1', kind: 'needed', version: '1.4.0' }, { name: 'host', range: '*', kind: 'peer', version: '3.1.0' }],
      wantedBy: [{ range: '^1', kind: 'needed' }], isLocked: false,
    })
    assert.deepEqual(plan.packages[0]?.wantedBy, [{ name: 'host', range: '*', kind: 'optional' }, { name: 'web', range: '^1', kind: 'needed' }])
    assert.deepEqual(plan.left, [{
      name: 'gone', wantedBy: [{ name: 'host', range: '^1', kind: 'optional' }],
      why: { code: 'package-not-found', message: 'nobody here knows a package named gone' },
    }])
    assert.equal(await user.blobs.size(web.digest), undefined)
    assert.equal(user.trust.pins().length, 0, 'nothing is remembered before it is installed')
    const fetched = await Promise.all(plan.packages.map(({ name, version, identity }) =>
      user.marketplace.fetch({ spec: parsePackageSpec(`${name}@${version}`), ...(identity !== undefined && { locked: identity }) }, never)))
    assert.deepEqual(fetched.map(({ digest, sha512 }) => [digest, sha512]), plan.packages.map(({ digest, sha512 }) => [digest, sha512]))
  })

  test('keeps what is locked where it still fits, and takes the newest where it shall be updated', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    for (const version of ['1.0.0', '1.1.0']) await author.publish(pack('base', version), 'ada')
    await author.publish(pack('web', '1.0.0', { dependencies: { base: '^1.0' } }), 'ada')
    const locked = lockOf(await user.marketplace.plan(wants('web', 'base@1.0.0'), never))
    const kept = await user.marketplace.plan({ ...wants('web'), locked }, never)
    assert.deepEqual([names(kept), kept.packages.map(({ isLocked }) => isLocked)], [['base@1.0.0', 'web@1.0.0'], [true, true]])
    const base = [parsePackageName('base')]
    assert.deepEqual(names(await user.marketplace.plan({ ...wants('web'), locked, update: base }, never)), ['base@1.1.0', 'web@1.0.0'])
    assert.deepEqual(names(await user.marketplace.plan({ ...wants('web'), locked, update: 'all' }, never)), ['base@1.1.0', 'web@1.0.0'])
    assert.deepEqual(names(await user.marketplace.plan({ ...wants('web', 'base@1.1.0'), locked }, never)), ['base@1.1.0', 'web@1.0.0'])
    const other = locked.map((one) => ({ ...one, digest: `sha256:${'0'.repeat(64)}` as typeof one.digest }))
    const replaced = names(await user.marketplace.plan({ ...wants('web'), locked: other }, never))
    assert.deepEqual(replaced, ['base@1.1.0', 'web@1.0.0'], 'other bytes are not what was locked')
  })

  test('says who wants what where that excludes each other, and what would help', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    for (const version of ['1.4.0', '2.0.0']) await author.publish(pack('base', version), 'ada')
    await author.publish(pack('web', '1.0.0', { dependencies: { base: '^1' } }), 'ada')
    await author.publish(pack('web', '2.0.0', { dependencies: { base: '^2' } }), 'ada')
    await author.publish(pack('cli', '1.0.0', { dependencies: { base: '^1' } }), 'bob')
    await assert.rejects(user.marketplace.plan(wants('web@^2', 'cli'), never), (error) => {
      assert(isGgenError(error, 'dependency-conflict'))
      assert.equal(error.message, 'no version of base suits everybody: cli 1.0.0 wants base@^1, web 2.0.0 wants base@^2; there are 2.0.0, 1.4.0')
      const page = readFileSync(new URL('../../docs/design/resolution.md', import.meta.url), 'utf8')
      assert(page.includes(`\n${error.message}\n`), 'the page shows another message')
      assert(page.includes(error.hint.split('; or ').map((help) => `* ${help}\n`).join('')), 'the page shows other help')
      assert.deepEqual(error.hint.split('; or '), [
        'ask the publisher of cli for a release that takes base 2.0.0', 'ask the publisher of web for a release that takes base 1.4.0',
        'with web@1.0.0 everything suits',
      ])
      assert.deepEqual(error.details['helps'], [
        { from: 'cli', name: 'base', version: '2.0.0' }, { from: 'web', name: 'base', version: '1.4.0' }, { name: 'web', version: '1.0.0' },
      ])
      return true
    })
    assert.deepEqual(names(await user.marketplace.plan(wants('web', 'cli'), never)), ['base@1.4.0', 'cli@1.0.0', 'web@1.0.0'])
  })

  test('shows rings', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    await author.publish(pack('b', '1.0.0', { dependencies: { a: '1' } }))
    await author.publish(pack('a', '1.0.0', { dependencies: { b: '1' } }))
    const plan = await user.marketplace.plan(wants('b'), never)
    assert.deepEqual([names(plan), plan.cycles], [['a@1.0.0', 'b@1.0.0'], [['a', 'b']]])
  })

  test('leaves out what is too young, unless the user named it', async () => {
    const clock = new TestClock()
    const [author, user] = await pair(clock, { light: false, policy: { firstUse: 'accept', coolDownMs: 24 * HOUR, namespaces: new Map() } })
    await using _author = author
    await using _user = user
    await author.publish(pack('base', '1.0.0'))
    await author.publish(pack('web', '1.0.0', { dependencies: { base: '*' } }))
    await user.marketplace.fetch({ spec: parsePackageSpec('base') }, never)
    clock.advance(48 * HOUR)
    await author.publish(pack('base', '1.1.0'))
    await user.marketplace.search({ words: ['base'] }, never)
    clock.advance(HOUR)
    assert.deepEqual(names(await user.marketplace.plan(wants('web'), never)), ['base@1.0.0', 'web@1.0.0'])
    assert.deepEqual(names(await user.marketplace.plan(wants('web', 'base@1.1.0'), never)), ['base@1.1.0', 'web@1.0.0'])
  })

  test('asks a person about the publisher of a dependency, and does not take something older instead', async () => {
    const [author, user] = await pair(new TestClock(), { policy: { firstUse: 'ask', coolDownMs: 0, namespaces: new Map() } })
    await using _author = author
    await using _user = user
    const ada = await author.publish(pack('web', '1.0.0'), 'ada')
    await author.publish(pack('web', '2.0.0', { dependencies: { secret: '*' } }), 'ada')
    const eve = await author.publish(pack('secret', '1.0.0'), 'eve')
    const trusting = { wanted: [{ spec: parsePackageSpec('web'), trust: ada.identity }], locked: [] }
    await assert.rejects(user.marketplace.plan(trusting, never), (error) => {
      assert(isGgenError(error, 'name-unverified'))
      assert.match(error.message, /^secret is published by .*; web 2\.0\.0 wants secret@\*$/)
      const bind = `see who it is: ggen trust why secret; then bind the name to it: ggen trust add ${eve.identity} --name secret`
      assert.equal(error.hint, `${bind}; or do without it: ggen install web@1.0.0`)
      return true
    })
    const older = { wanted: [{ spec: parsePackageSpec('web@1.0.0'), trust: ada.identity }], locked: [] }
    assert.deepEqual(names(await user.marketplace.plan(older, never)), ['web@1.0.0'])
    await user.marketplace.trusting.add(parsePackageName('secret'), eve.identity)
    assert.deepEqual(names(await user.marketplace.plan(trusting, never)), ['secret@1.0.0', 'web@2.0.0'])
    await assert.rejects(user.marketplace.plan(wants('web'), never), (error) => isGgenError(error, 'name-unverified'), 'a plan binds nothing')
  })

  test('says that nobody tells what a release wants, and does not take something older instead', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    await author.publish(pack('web', '1.0.0'), 'ada')
    await author.publish(pack('web', '2.0.0', { dependencies: { base: '*' } }), 'ada')
    author.blobs.size = async () => undefined
    await assert.rejects(user.marketplace.plan(wants('web'), never), { code: 'no-holder', message: /^it is not known what web 2\.0\.0 wants: / })
    assert.deepEqual(names(await user.marketplace.plan(wants('web@1.0.0'), never)), ['web@1.0.0'], 'that one wants nothing')
  })

  test('asks nobody offline, and chooses out of what is held', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    await author.publish(pack('base', '1.0.0'), 'ada')
    await author.publish(pack('web', '1.0.0', { dependencies: { base: '*' } }), 'ada')
    await assert.rejects(user.marketplace.plan({ ...wants('web'), offline: true }, never), { code: 'package-not-found' })
    for (const spec of ['web', 'base']) await user.marketplace.fetch({ spec: parsePackageSpec(spec) }, never)
    await author.publish(pack('base', '1.1.0'), 'ada')
    await user.marketplace.plan(wants('base@1.1.0'), never)
    user.network.ask = () => assert.fail('somebody was asked')
    assert.deepEqual(names(await user.marketplace.plan({ ...wants('web'), offline: true }, never)), ['base@1.0.0', 'web@1.0.0'])
    await assert.rejects(user.marketplace.plan({ ...wants('base@^1.1'), offline: true }, never), (error) => isGgenError(error))
  })

  test('refuses questions that contradict themselves', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    const { identity } = await author.publish(pack('web', '1.0.0'), 'ada')
    const eve = await author.publish(pack('other', '1.0.0'), 'eve')
    await assert.rejects(user.marketplace.plan(wants('web', 'web@1'), never), { code: 'usage', message: 'web is wanted twice' })
    await assert.rejects(user.marketplace.plan(wants('web@not-a-range'), never), { code: 'range-invalid' })
    const [locked] = lockOf(await user.marketplace.plan(wants('web'), never))
    assert(locked !== undefined)
    await assert.rejects(user.marketplace.plan({ ...wants('web'), locked: [locked, locked] }, never), { code: 'usage' })
    await assert.rejects(user.marketplace.plan({ ...wants(`@${eve.identity}/web`), locked: [locked] }, never), { code: 'identity-changed' })
    assert.deepEqual(names(await user.marketplace.plan({ ...wants(`@${identity}/web@latest`), locked: [locked] }, never)), ['web@1.0.0'])
  })

  test('asks nobody about a project that wants more than one may', async () => {
    const nobody = (): never => assert.fail('somebody was asked')
    const planner = new Planner({ candidates: nobody, pause: nobody })
    const wanted = Array.from({ length: LIMITS.planWishes + 1 }, (_, index) => ({ spec: parsePackageSpec(`p${index}`) }))
    await assert.rejects(planner.plan({ wanted, locked: [] }, never), { code: 'too-busy' })
    assert.deepEqual(await planner.plan({ wanted: [], locked: [] }, never), { packages: [], left: [] })
  })
})
