import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type GgenError, isGgenError, parsePackageName } from '#core'
import { formatLock } from '#flow/install'
import { person } from './identity-scene.conformance.ts'
import { install, type InstallOptions } from './install.ts'
import { IDENTITY, locked, runIn, SceneNode, SceneProject, type Trial } from './project-scene.conformance.ts'

const OFFERS = [
  { name: 'log', version: '1.0.0' }, { name: 'log', version: '1.1.0' }, { name: 'log', version: '2.0.0' },
  { name: 'web', version: '1.0.0', needs: ['log@^1'] }, { name: 'tool', version: '3.0.0', needs: ['log@*'] },
]

const run = async (project: SceneProject, node: SceneNode, { client = node.client, ask, ...options }: Partial<InstallOptions> & Trial) =>
  await runIn(project, install({ specs: [], folder: '.', ...options }), { client, ask })

const fails = (code: string, message = /./) => (error: unknown): boolean =>
  isGgenError(error) && error.code === code && message.test(`${error.message} ${(error as GgenError).hint}`)

const valueOf = ({ outcome }: Awaited<ReturnType<typeof run>>) => {
  assert(outcome.kind === 'installed')
  const { installed, kept, removed } = outcome.value
  const texts = installed.map(({ name, version, from }) => [name, version, ...(from === undefined ? [] : [from])].join(' '))
  return { installed: texts, kept: kept.length, removed: removed.length }
}

describe('ggen install PACKAGE', () => {
  it('brings a package with all that it needs, and remembers who asked for what', async () => {
    const project = new SceneProject([])
    const node = new SceneNode(OFFERS)
    assert.deepEqual(valueOf(await run(project, node, { specs: ['web'] })), { installed: ['log 1.1.0', 'web 1.0.0'], kept: 0, removed: 0 })
    assert.deepEqual(project.lock, [locked('log', '1.1.0'), locked('web', '1.0.0', { wanted: '^1.0.0', needs: ['log@^1'] })])
    assert.deepEqual(node.fetched, [{ spec: 'log@1.1.0' }, { spec: 'web@1.0.0' }])
  })

  it('takes several at once, keeps the range that was asked for, and leaves alone what is right', async () => {
    const project = new SceneProject([])
    const node = new SceneNode(OFFERS)
    await run(project, node, { specs: ['log@>=1  <2'] })
    const both = await run(project, node, { specs: ['web@1.0.0', 'tool'] })
    assert.deepEqual(valueOf(both), { installed: ['tool 3.0.0', 'web 1.0.0'], kept: 1, removed: 0 })
    assert.deepEqual(project.lock.map(({ name, wanted }) => `${name} ${wanted}`), ['log >=1 <2', 'tool ^3.0.0', 'web 1.0.0'])
    assert.deepEqual(project.unpacked, ['log@1.1.0', 'tool@3.0.0', 'web@1.0.0'])
    assert.deepEqual(node.planned[1]?.locked.map((one) => [one.name, 'identity' in one && one.identity]), [['log', IDENTITY]])
  })

  it('says what it came from where it takes another version, and what the lock names is a pin', async () => {
    const project = new SceneProject([locked('log', '1.0.0', { wanted: '^1' })])
    const node = new SceneNode(OFFERS)
    assert.deepEqual(valueOf(await run(project, node, { specs: ['log'], acceptDowngrade: true })), { installed: ['log 2.0.0 1.0.0'], kept: 0, removed: 0 })
    assert.deepEqual(node.fetched, [{ spec: 'log@2.0.0', locked: IDENTITY, acceptDowngrade: true }])
    assert.deepEqual(project.lock, [locked('log', '2.0.0', { wanted: '^2.0.0' })])
  })

  it('removes what nothing needs any more', async () => {
    const project = new SceneProject([locked('log', '1.0.0'), locked('web', '0.9.0', { wanted: '*', needs: ['log@^1'] })])
    const node = new SceneNode([{ name: 'web', version: '1.0.0' }])
    assert.deepEqual(valueOf(await run(project, node, { specs: ['web'] })), { installed: ['web 1.0.0 0.9.0'], kept: 0, removed: 1 })
    assert.deepEqual(project.names, ['web 1.0.0'])
  })

  it('refuses what makes no sense before it asks anybody', async () => {
    const node = new SceneNode(OFFERS)
    const needs = [{ name: parsePackageName('log'), range: '^1', kind: 'needed' as const }]
    const project = new SceneProject([], { file: 'ggen.toml', needs })
    await assert.rejects(run(project, node, { specs: ['a@'] }), fails('range-invalid'))
    await assert.rejects(run(project, node, { specs: ['a', 'a@2'] }), fails('usage', /twice/))
    await assert.rejects(run(project, node, { specs: ['a'], frozen: true }), fails('usage', /--frozen/))
    await assert.rejects(run(project, node, { specs: ['a', 'b'], trust: IDENTITY }), fails('usage', /exactly one/))
    await assert.rejects(run(project, node, { specs: ['log@^2'] }), fails('usage', /ggen.toml asks for log \^1.*change it there/))
    assert.deepEqual(node.planned, [])
  })

  it('works out the change anew where another install came between', async () => {
    const project = new SceneProject([])
    const node = new SceneNode(OFFERS)
    let isFirst = true
    const fetch: typeof node.client.fetch = async (question, ...rest) => {
      if (isFirst) project.lock = [locked('tool', '3.0.0', { wanted: '*' })]
      isFirst = false
      return await node.client.fetch!(question, ...rest)
    }
    await run(project, node, { specs: ['log@1'], client: { ...node.client, fetch } })
    assert.deepEqual(project.names, ['log 1.1.0', 'tool 3.0.0'])
  })

  it('warns of names that others can be taken for before anything is unpacked', async () => {
    const project = new SceneProject([])
    const node = new SceneNode(OFFERS)
    const lookAlikes = [{ known: parsePackageName('lag'), kind: 'letter', because: 'older', identity: IDENTITY }] as const
    const plan: typeof node.client.plan = async (...asked) => {
      const reply = await node.client.plan!(...asked)
      return { ...reply, packages: reply.packages.map((one) => (one.name === 'log' ? { ...one, lookAlikes } : one)) }
    }
    const { shown } = await run(project, node, { specs: ['web'], client: { ...node.client, plan } })
    assert.deepEqual(shown, [{ kind: 'alike', value: { name: 'log', lookAlikes } }])
  })

  it('asks about every publisher for whom nothing speaks, of what others need too', async () => {
    const node = new SceneNode(OFFERS)
    node.unverified.add('web').add('log')
    const project = new SceneProject([])
    const { shown } = await run(project, node, { specs: ['web'], ask: person('y', 'y') })
    assert.deepEqual([shown.map(({ kind }) => kind), node.accepted, project.names], [['explained', 'explained'], ['log'], ['log 1.1.0', 'web 1.0.0']])
    assert.deepEqual(node.fetched.map(({ spec, trust }) => [spec, trust]), [['log@1.1.0', IDENTITY], ['web@1.0.0', IDENTITY]])
    const strict = new SceneNode(OFFERS)
    strict.unverified.add('log')
    await assert.rejects(run(new SceneProject([]), strict, { specs: ['web'], ask: person('n') }), fails('name-unverified'))
    await assert.rejects(run(new SceneProject([]), strict, { specs: ['web'] }), fails('name-unverified'))
  })
})

describe('ggen install', () => {
  const lock = [locked('log', '1.0.0'), locked('web', '1.0.0', { wanted: '^1', needs: ['log@^1'] })]

  it('asks nobody where all is as it should be', async () => {
    const project = new SceneProject(lock)
    assert.deepEqual(valueOf((await runIn(project, install({ specs: [], folder: '.' })))), { installed: [], kept: 2, removed: 0 })
    assert.equal(project.lock, lock, 'nothing was written')
  })

  it('unpacks what the lock says and is not there, without asking for versions', async () => {
    const project = new SceneProject(lock)
    project.lose('log')
    const node = new SceneNode(OFFERS)
    assert.deepEqual(valueOf(await run(project, node, {})), { installed: ['log 1.0.0'], kept: 1, removed: 0 })
    assert.deepEqual([node.planned, node.fetched], [[], [{ spec: 'log@1.0.0', locked: IDENTITY }]])
  })

  it('brings what the manifest asks for, and forgets what it does not ask for any more', async () => {
    const needs = [{ name: parsePackageName('log'), range: '^1', kind: 'optional' as const }]
    const project = new SceneProject([], { file: 'ggen.toml', needs })
    project.isLocked = false
    const node = new SceneNode(OFFERS)
    assert.deepEqual(valueOf(await run(project, node, {})), { installed: ['log 1.1.0'], kept: 0, removed: 0 })
    assert.deepEqual(node.planned[0]?.wanted, [{ spec: 'log@^1', optional: true }])
    assert.deepEqual(project.lock, [locked('log', '1.1.0')], 'what the manifest says is not said twice')
    project.manifest = { file: 'ggen.toml', needs: [{ name: parsePackageName('web'), range: '*', kind: 'needed' }] }
    assert.deepEqual(valueOf(await run(project, node, {})), { installed: ['web 1.0.0'], kept: 1, removed: 0 })
    project.manifest = { file: 'ggen.toml', needs: [] }
    assert.deepEqual(valueOf(await run(project, node, {})), { installed: [], kept: 0, removed: 2 })
  })

  it('mends a lock that two branches made together', async () => {
    const project = new SceneProject([locked('idle', '1.0.0'), locked('web', '1.0.0', { wanted: '^1', needs: ['log@^1'] })])
    assert.deepEqual(valueOf(await run(project, new SceneNode(OFFERS), {})), { installed: ['log 1.1.0'], kept: 1, removed: 1 })
  })

  it('tells the planner all that is locked of what an index vouches for, and the node which bytes it names', async () => {
    const { identity: _, ...bytes } = locked('old', '1.0.0', { wanted: '*', needs: ['log@1'] })
    const vouched = { ...bytes, source: 'https://packs.example/' }
    const project = new SceneProject([vouched, locked('log', '1.1.0')])
    const node = new SceneNode([...OFFERS, { name: 'old', version: '1.0.0' }])
    await run(project, node, { specs: ['tool'] })
    const { wanted: _wanted, ...told } = vouched
    assert.deepEqual(node.planned[0]?.locked[0], told)
    project.lock = [vouched, locked('log', '1.1.0')]
    project.lose('old')
    await run(project, node, {})
    const { source, digest, sizeBytes } = vouched
    assert.deepEqual(node.fetched.at(-1), { spec: 'old@1.0.0', vouched: { source, digest, sizeBytes } })
  })
})

describe('ggen install --frozen, --offline and --dry-run', () => {
  const lock = [locked('log', '1.0.0'), locked('web', '1.0.0', { wanted: '^1', needs: ['log@^1'] })]

  it('installs exactly what the lock says, or says why it cannot', async () => {
    const project = new SceneProject(lock)
    project.lose('log', 'web')
    const node = new SceneNode(OFFERS)
    assert.deepEqual(valueOf(await run(project, node, { frozen: true })), { installed: ['log 1.0.0', 'web 1.0.0'], kept: 0, removed: 0 })
    assert.equal(formatLock(project.lock), formatLock(lock))
    project.manifest = { file: 'ggen.toml', needs: [{ name: parsePackageName('tool'), range: '^3', kind: 'needed' }] }
    await assert.rejects(run(project, node, { frozen: true }), fails('lock-outdated', /the project wants tool \^3, and ggen.lock has none/))
    project.isLocked = false
    await assert.rejects(run(project, node, { frozen: true }), fails('lock-outdated', /there is no ggen.lock/))
    assert.deepEqual(node.planned, [])
  })

  it('tells node and planner to ask nobody, and names all that is missing', async () => {
    const project = new SceneProject([])
    const node = new SceneNode(OFFERS)
    node.absent.add('log@1.1.0').add('web@1.0.0')
    await assert.rejects(run(project, node, { specs: ['web'], offline: true }), (error) =>
      fails('no-holder', /2 archives cannot be had: log@1.1.0, web@1.0.0/)(error))
    assert.deepEqual([node.planned[0]?.offline, node.fetched.every(({ offline }) => offline === true)], [true, true])
    assert.deepEqual(project.lock, [])
  })

  it('says what would be done, and does nothing', async () => {
    const project = new SceneProject(lock)
    const node = new SceneNode(OFFERS)
    const { outcome } = await run(project, node, { specs: ['log', 'web'], dryRun: true })
    assert(outcome.kind === 'planned')
    assert.deepEqual(outcome.value.planned.map(({ name, version, from }) => [name, version, from]), [['log', '2.0.0', '1.0.0']])
    assert.deepEqual([node.fetched, project.lock === lock], [[], true])
  })
})
