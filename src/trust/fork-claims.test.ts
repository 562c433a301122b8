import assert from 'node:assert/strict'
import test from 'node:test'
import { digestOf, type OpId, sha512FromBytes, type Version } from '#core'
import type { ReleaseFacts } from './feed-facts.ts'
import { ForkClaims } from './fork-claims.ts'

const release = (id: string, version: string, content: number): ReleaseFacts => ({
  type: 'release', id: id as OpId,
  body: { version: version as Version, artifact: { digest: digestOf(Uint8Array.of(content)), sha512: sha512FromBytes(new Uint8Array(64)), sizeBytes: 1 } },
}) as unknown as ReleaseFacts

test('releases at a fork claim their slot as soon as two of them differ in their bytes, all of them', () => {
  const claims = new ForkClaims()
  const added = (...[id, version, content]: Parameters<typeof release>): readonly string[] => claims.add(release(id, version, content)).map((one) => one.id)
  assert.deepEqual([added('a', '1.0.0', 1), added('b', '1.0.0+build', 1), added('x', '2.0.0', 1)], [[], [], []])
  assert.deepEqual(added('c', '1.0.0', 2), ['a', 'b', 'c'])
  assert.deepEqual([added('d', '1.0.0', 1), added('y', '2.0.0', 1)], [['d'], []])
  assert.deepEqual(claims.clear().map(({ id }) => id), ['a', 'b', 'c', 'd'])
  assert.deepEqual([claims.clear(), added('e', '1.0.0', 3)], [[], []])
})
