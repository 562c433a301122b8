import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { listOutdated } from './list-outdated.ts'
import { locked, runIn, SceneNode, SceneProject } from './project-scene.conformance.ts'
import { update } from './update.ts'

const OFFERS = [
  { name: 'log', version: '1.0.0' }, { name: 'log', version: '1.1.0' }, { name: 'log', version: '2.0.0' },
  { name: 'web', version: '1.0.0', needs: ['log@^1'] }, { name: 'web', version: '1.2.0', needs: ['log@^1'] },
]
const LOCK = [locked('log', '1.0.0'), locked('web', '1.0.0', { wanted: '^1', needs: ['log@^1'] })]

describe('ggen update', () => {
  it('takes the newest of everything that suits, or of some packages only', async () => {
    const project = new SceneProject(LOCK)
    await runIn(project, update({ names: ['web'], folder: '.' }), { client: new SceneNode(OFFERS).client })
    assert.deepEqual(project.names, ['log 1.0.0', 'web 1.2.0'])
    await runIn(project, update({ names: [], folder: '.' }), { client: new SceneNode(OFFERS).client })
    assert.deepEqual(project.names, ['log 1.1.0', 'web 1.2.0'])
    assert.deepEqual(project.lock.map(({ wanted }) => wanted), [undefined, '^1'], 'what is asked for stays')
  })

  it('only says what is newer, where it is told to', async () => {
    const project = new SceneProject(LOCK)
    project.lose('web')
    const check = async () => {
      const { outcome } = await runIn(project, update({ names: [], folder: '.', check: true }), { client: new SceneNode(OFFERS.slice(0, 4)).client })
      assert(outcome.kind === 'updates')
      return outcome.value.planned.map(({ name, version, from }) => `${name} ${from} ${version}`)
    }
    assert.deepEqual([await check(), project.names], [['log 1.0.0 1.1.0'], ['log 1.0.0', 'web 1.0.0']])
    project.lock = [locked('log', '1.1.0'), ...LOCK.slice(1)]
    assert.deepEqual(await check(), [])
  })

  it('knows what is not installed', async () => {
    const run = runIn(new SceneProject(LOCK), update({ names: ['ghost'], folder: '.' }), { client: new SceneNode(OFFERS).client })
    await assert.rejects(run, (error) => isGgenError(error, 'package-not-found') && /ggen install ghost/.test(error.hint))
  })
})

describe('ggen outdated', () => {
  const outdated = async (project: SceneProject, node: SceneNode) => {
    const { outcome } = await runIn(project, listOutdated('.'), { client: node.client })
    assert(outcome.kind === 'outdated')
    return outcome.value.outdated
  }

  it('says what is newer, what of it suits, and who stands in the way', async () => {
    const node = new SceneNode(OFFERS)
    const plan: typeof node.client.plan = async (...asked) => {
      const reply = await node.client.plan!(...asked)
      return { ...reply, packages: reply.packages.map((one) => ({ ...one, wantedBy: [{ name: LOCK[1]!.name, range: '^1', kind: 'needed' }] })) }
    }
    const { outcome } = await runIn(new SceneProject(LOCK), listOutdated('.'), { client: { ...node.client, plan } })
    assert.deepEqual(outcome.value, {
      outdated: [
        { name: 'log', current: '1.0.0', wanted: '1.1.0', latest: '2.0.0', heldBackBy: [{ range: '^1', by: 'web' }] },
        { name: 'web', current: '1.0.0', wanted: '1.2.0', latest: '1.2.0', heldBackBy: [] },
      ],
    })
  })

  it('is silent where there is nothing newer, or nothing at all', async () => {
    assert.deepEqual(await outdated(new SceneProject([locked('log', '2.0.0', { wanted: '*' })]), new SceneNode(OFFERS)), [])
    assert.deepEqual(await outdated(new SceneProject([]), new SceneNode([])), [])
  })
})
