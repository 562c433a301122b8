import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isSameSecret, ownHosts } from './this-machine.ts'

it('knows the names of this machine, each with its port', () => {
  assert.deepEqual(ownHosts(4003), ['127.0.0.1:4003', 'localhost:4003', '[::1]:4003'])
})

it('takes texts for the same only where they are', () => {
  const pairs = [['secret', 'secret'], ['secret', 'secre'], ['', 'secret'], ['', '']] as const
  assert.deepEqual(pairs.map(([a, b]) => isSameSecret(a, b)), [true, false, false, true])
})
