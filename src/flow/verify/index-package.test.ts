import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryCatalogue } from '#store'
import { openOp, reopenOp } from '#trust'
import { Publisher } from '#testing'
import { indexPackages } from './index-package.ts'
import { PackageLedgers } from './package-ledgers.ts'

test('search shows the newest stable version that stands, and nothing when none does', () => {
  const catalogue = memoryCatalogue()
  const [alice, twin] = [new Publisher('alice'), new Publisher('alice')]
  catalogue.putOp(openOp(alice.genesis))
  const first = alice.release('tool', '1.0.0')
  const { name } = first.body
  const shown = (): string | undefined => {
    indexPackages(catalogue, { identity: alice.identity, names: [name], ledgers: new PackageLedgers(catalogue, reopenOp) }, 1)
    return catalogue.entriesNamed(name)[0]?.version
  }
  assert.equal(shown(), undefined)
  catalogue.putOp(first)
  catalogue.putOp(alice.release('tool', '1.10.0'))
  catalogue.putOp(alice.release('tool', '1.9.0'))
  catalogue.putOp(alice.release('tool', '2.0.0-rc.1'))
  assert.equal(shown(), '1.10.0')
  catalogue.putOp(twin.release('tool', '1.0.0', { content: 'other' }))
  assert.equal(shown(), undefined, 'the first place of the feed is contradicted, so nothing of it stands')
})

test('the chain of an identity is read once for all of its packages', () => {
  const catalogue = memoryCatalogue()
  const alice = new Publisher('alice')
  for (const op of [openOp(alice.genesis), alice.release('first', '1.0.0'), alice.release('second', '1.0.0')]) catalogue.putOp(op)
  let reads = 0
  const counting = new Proxy(catalogue, {
    get: (target, property) => {
      const value: unknown = Reflect.get(target, property, target)
      if (property === 'chainOps') reads += 1
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  indexPackages(counting, { identity: alice.identity, names: catalogue.namesOf(alice.identity), ledgers: new PackageLedgers(counting, reopenOp) }, 1)
  assert.deepEqual([reads, catalogue.newestEntries(9).length], [1, 2])
})
