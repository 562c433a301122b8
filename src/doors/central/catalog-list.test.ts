import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CENTRAL_LIMITS, GgenError, parsePackageName } from '#core'
import { openOp } from '#trust'
import { smallPackage } from '#testing'
import { CatalogList, type MadeCatalog } from './catalog-list.ts'
import { type CentralScene, handIn, openScene, publication } from './central-scene.conformance.ts'
import { catalog } from './protocol.ts'

const packsOf = ({ json }: MadeCatalog): readonly string[] =>
  catalog.parse(JSON.parse(Buffer.from(json).toString())).packs.map(({ name, version }) => `${name}@${version}`)

/** The catalog after the pause in which it is not made again. */
const later = async ({ catalog: list, clock }: CentralScene): Promise<readonly string[]> => {
  clock.advance(CENTRAL_LIMITS.catalogPauseMs)
  return packsOf(await list.made())
}

test('what is published is in the catalog, the newest release of each name', async () => {
  await using scene = await openScene()
  assert.deepEqual(packsOf(await scene.catalog.made()), [])
  await handIn(scene.shelf, await publication('alice', smallPackage('tool', '1.0.0')))
  await handIn(scene.shelf, await publication('bob', smallPackage('other', '1.0.0')))
  assert.deepEqual(await later(scene), ['other@1.0.0', 'tool@1.0.0'])
  assert.equal(scene.catalog.size, 2)
})

test('nothing new makes no new catalog, and a moment is not long enough for one', async () => {
  await using scene = await openScene()
  await handIn(scene.shelf, await publication())
  const first = await scene.catalog.made()
  await handIn(scene.shelf, await publication('bob', smallPackage('other')))
  assert.equal(await scene.catalog.made(), first)
  assert.deepEqual(await later(scene), ['other@1.0.0', 'tool@1.0.0'])
  const second = await scene.catalog.made()
  assert.notEqual(second.etag, first.etag)
  await later(scene)
  assert.equal(await scene.catalog.made(), second, 'the very same')
})

test('only what changed is looked at, and everything once a minute', async () => {
  await using scene = await openScene()
  for (const name of ['one', 'two', 'three']) await handIn(scene.shelf, await publication('alice', smallPackage(name)))
  const looked: string[] = []
  const shelf = new Proxy(scene.shelf, {
    get: (target, key) => {
      if (key === 'listed') return (name: never) => (looked.push(name), target.listed(name))
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  await using list = new CatalogList({ shelf, clock: scene.clock, events: scene.events, publicUrl: 'http://a' })
  await list.made()
  assert.equal(looked.splice(0).length, 3)
  await handIn(scene.shelf, await publication('alice', smallPackage('four')))
  scene.clock.advance(CENTRAL_LIMITS.catalogPauseMs)
  await list.made()
  assert.deepEqual(looked.splice(0), ['four'])
  scene.clock.advance(CENTRAL_LIMITS.catalogEveryMs)
  await list.made()
  assert.equal(looked.splice(0).length, 4)
})

test('a name that becomes contested goes, and comes back when the operator chooses', async () => {
  await using scene = await openScene()
  await handIn(scene.shelf, await publication('alice', smallPackage('tool', '1.0.0')))
  assert.deepEqual(await later(scene), ['tool@1.0.0'])
  const bobs = await publication('bob', smallPackage('tool', '2.0.0'))
  await handIn(scene.shelf, bobs)
  assert.deepEqual(await later(scene), [])
  await scene.node.marketplace.trusting.add(parsePackageName('tool'), openOp(bobs.envelopes[0] ?? assert.fail()).identity)
  assert.deepEqual(await later(scene), ['tool@2.0.0'])
})

test('a package that cannot be described is left out and told of once', async () => {
  await using scene = await openScene()
  const large = { ...smallPackage('large'), 'a.ttl': Buffer.alloc(100) }
  await handIn(scene.shelf, await publication('alice', large))
  const shelf = new Proxy(scene.shelf, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key, target)
      if (key === 'pack') return () => Promise.reject(new GgenError('archive-too-large', 'planted'))
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  await using list = new CatalogList({ shelf, clock: scene.clock, events: scene.events, publicUrl: 'http://a' })
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual(packsOf(await list.made()), [])
    scene.clock.advance(CENTRAL_LIMITS.catalogEveryMs)
  }
  assert.deepEqual(scene.seen.flatMap((event) => (event.type === 'task-failed' ? event.code : [])), ['archive-too-large'])
})
