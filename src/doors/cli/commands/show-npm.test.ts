import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { ControlClient } from '#doors/control'
import { runIn, SceneProject } from './project-scene.conformance.ts'
import { probeNpm, reportNpm, showNpm, showNpmToken } from './show-npm.ts'

const DOOR = { url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://registry.example/'], scopes: [], cacheBytes: 7, token: 'secret' }
const asked: number[] = []
const client: Partial<ControlClient> = { npm: async () => DOOR, npmServed: async (agoMs) => (asked.push(agoMs), { served: [] }) }
const outcomeOf = async (command: Parameters<typeof runIn>[1]) => (await runIn(new SceneProject([]), command, { client })).outcome

it('shows where the door is, and its token only where that is asked for', async () => {
  assert.deepEqual(await outcomeOf(showNpm()), { kind: 'npm', value: { url: DOOR.url, upstreams: DOOR.upstreams, scopes: [], cacheBytes: 7 } })
  assert.deepEqual(await outcomeOf(showNpmToken()), { kind: 'npm-token', value: { token: 'secret' } })
})

it('explains where a package would come from', async () => {
  const { outcome } = await runIn(new SceneProject([]), probeNpm('a@^1'), { client: { npmProbe: async (spec) => ({ name: spec }) as never } })
  assert.deepEqual(outcome, { kind: 'npm-probe', value: { name: 'a@^1' } })
})

it('shows what was served in the time that is asked for', async () => {
  assert.deepEqual(await outcomeOf(reportNpm(1000)), { kind: 'npm-report', value: { served: [], installs: [] } })
  assert.deepEqual(asked, [1000])
})
