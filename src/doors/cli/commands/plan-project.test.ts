import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageSpec } from '#core'
import type { Run } from './context.ts'
import { fetchPackages } from './fetch-packages.ts'
import { applyLock, planReport } from './apply-lock.ts'
import { planProject } from './plan-project.ts'
import { locked, runIn, SceneNode, SceneProject } from './project-scene.conformance.ts'

const LOCK = [locked('log', '1.0.0', { wanted: '*' })]
const OFFERS = [{ name: 'log', version: '1.0.0' }, { name: 'log', version: '2.0.0' }, { name: 'web', version: '1.0.0', needs: ['log@*'] }]

test('A plan is asked for with what the lock names, and shown or carried out as it is', async () => {
  const project = new SceneProject(LOCK)
  const node = new SceneNode(OFFERS)
  const run: Run = async (context) => {
    const state = await project.read()
    const next = await planProject(state, { specs: [parsePackageSpec('web')], update: [] }, context)
    const step = { project, state, next }
    assert.deepEqual(planReport(step).planned.map(({ name }) => name), ['web'])
    const report = await applyLock(step, {}, context)
    assert.deepEqual([report?.installed.length, report?.kept.length], [1, 1])
    project.lock = LOCK
    project.lose('web')
    assert.equal(await applyLock({ ...step, state: { ...state, lock: [] } }, {}, context), undefined, 'somebody else has changed the lock')
    return { kind: 'listed', value: { packages: [] } }
  }
  await runIn(project, run, { client: node.client })
  assert.deepEqual(node.planned[0]?.locked.map(({ name, version }) => `${name} ${version}`), ['log 1.0.0'])
})

test('Archives are brought by their exact version, and only if they are the planned ones', async () => {
  const node = new SceneNode(OFFERS)
  const run: Run = async (context) => {
    const wish = { pinned: new Map(), trust: new Map(), offline: true }
    assert.deepEqual([...(await fetchPackages(LOCK, wish, context)).keys()], ['log'])
    const other = { ...locked('log', '1.0.0'), digest: locked('web', '1.0.0').digest }
    await assert.rejects(fetchPackages([other], wish, context), /should be/)
    return { kind: 'listed', value: { packages: [] } }
  }
  await runIn(new SceneProject([]), run, { client: node.client })
  assert.deepEqual(node.fetched[0], { spec: 'log@1.0.0', offline: true })
})
