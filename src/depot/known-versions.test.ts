import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNpmName } from '#npm'
import { DepotScene, going, TOOL } from './depot-scene.conformance.ts'
import { knownDocument, knownTag, knownVersions } from './known-versions.ts'

test('what is here of a document says which versions there are, and what tags mean', async () => {
  await using scene = new DepotScene()
  const { records, source: { id } } = scene
  scene.registry.publish('1.0.0', Buffer.from('bytes'))
  assert.equal(knownDocument(records, id, TOOL), undefined)
  await scene.depot.document(TOOL, { isAbbreviated: false, tarballsAt: 'upstream', wantsNews: false, acceptsBrotli: false }, going)
  assert.deepEqual([knownDocument(records, id, TOOL)?.kind, [...knownVersions(records, id, TOOL).keys()]], ['full', ['1.0.0']])
  const tags = ['latest', 'next', 'toString'].map(async (tag) => await knownTag(records, { source: id, name: TOOL, tag }))
  assert.deepEqual(await Promise.all(tags), ['1.0.0', undefined, undefined])
  const other = parseNpmName('other')
  assert.deepEqual([knownVersions(records, id, other).size, await knownTag(records, { source: id, name: other, tag: 'latest' })], [0, undefined])
})
