import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError } from '#core'
import { checkNode, type NodeFacts } from './check-node.ts'

const running = (version: string): NodeFacts => ({ state: 'running', health: { pid: 7, version }, status: {}, peers: [] }) as unknown as NodeFacts

test('a node of this version is right, of another one could be better, and one that does not answer is wrong', () => {
  assert.deepEqual(checkNode(running('1.0.0'), '1.0.0'), [{ check: 'node', state: 'ok', finding: 'process 7 runs version 1.0.0' }])
  const [other] = checkNode(running('0.9.0'), '1.0.0')
  assert.deepEqual([other?.state, other?.finding], ['warn', 'process 7 runs version 0.9.0, and this is 1.0.0'])
  const [broken] = checkNode({ state: 'broken', error: new GgenError('denied', 'not yours', { hint: 'be another user' }) }, '1.0.0')
  assert.deepEqual(broken, { check: 'node', state: 'fail', finding: 'not yours', advice: 'be another user' })
  assert.equal(checkNode({ state: 'absent' }, '1.0.0')[0]?.state, 'warn')
})
