import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOp } from '#trust'
import { Publisher } from '#testing'
import { chainOf } from './chain-key.ts'

test('What is said of a package belongs to the feed of its key, what is said of others to nothing, and the rest to the chain of the identity', () => {
  const ada = new Publisher('ada')
  const release = ada.release('tool', '1.0.0')
  assert.deepEqual(chainOf(openOp(ada.genesis)), { identity: ada.identity })
  assert.deepEqual(chainOf(release), { identity: ada.identity, name: release.body.name, feed: ada.feed })
  assert.deepEqual(chainOf(ada.status('tool', '*', { state: 'yanked' })), chainOf(release))
  const opinion = ada.endorse(new Publisher('bob').identity)
  assert.deepEqual(chainOf(opinion), { identity: ada.identity, opinion: opinion.id, feed: ada.feed })
})
