import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, parsePackageName, parseVersion } from '#core'
import { MirrorLedger } from './mirror-ledger.ts'
import { planImport } from './plan-import.ts'
import { readIndex } from './read-index.ts'

const digests = ['one', 'two', 'three'].map((text) => digestOf(Buffer.from(text)))
const [one = '' as never, two = '' as never, three = '' as never] = digests
const pack = (name: string, digest?: string, version = '1.0.0'): object => ({ name, version, ...(digest !== undefined && { digest }), download_url: 'a.tgz' })
const indexOf = (...packs: readonly object[]): ReturnType<typeof readIndex> =>
  readIndex(Buffer.from(JSON.stringify({ schema: 'https://ggen.dev/marketplace/catalog/v2', packs })), new URL('https://x.example/'))

const ledgerOf = (...lines: readonly (readonly ['seen' | 'imported' | 'disputed', string, typeof one])[]): MirrorLedger => {
  const ledger = new MirrorLedger()
  for (const [what, name, digest] of lines) ledger.apply({ what, name: parsePackageName(name), version: parseVersion('1.0.0'), digest, at: 1 })
  return ledger
}

describe('what an import has to do', () => {
  it('is everything that was not imported yet, and nothing twice', () => {
    const plan = planImport(indexOf(pack('a', one), pack('b', two), pack('c', three)), ledgerOf(['imported', 'a', one], ['seen', 'b', two]), undefined)
    assert.deepEqual(plan.wanted.map(({ name, isNew }) => [name, isNew]), [['b', false], ['c', true]])
    assert.deepEqual([plan.known, plan.changed, plan.left], [1, [], []])
  })

  it('is never to replace what was named first, also where no bytes of it were ever here', () => {
    const before = ledgerOf(['imported', 'a', one], ['seen', 'b', two], ['disputed', 'b', three])
    const { wanted, changed } = planImport(indexOf(pack('a', two), pack('b', three), pack('c', one), pack('c', two)), before, undefined)
    assert.deepEqual(wanted.map(({ name }) => name), ['c'])
    const told = changed.map(({ name, first, later, isNew }) => [name, first, later, isNew])
    assert.deepEqual(told, [['a', one, two, true], ['b', two, three, false], ['c', one, two, true]])
  })

  it('leaves what nobody vouches for and what has no name here, and says why', () => {
    const index = indexOf(pack('a'), pack('../b', one))
    const { left } = planImport(index, new MirrorLedger(), undefined)
    assert.deepEqual(left.map(({ label, code }) => [label, code]), [['../b', 'name-invalid'], ['a@1.0.0', 'digest-invalid']])
  })

  it('keeps to the packages that were asked for', () => {
    const index = indexOf(pack('a', one), pack('b', two), pack('b', three), pack('../c', one))
    const plan = planImport(index, new MirrorLedger(), new Set([parsePackageName('a')]))
    assert.deepEqual([plan.wanted.map(({ name }) => name), plan.changed, plan.left], [['a'], [], []])
  })
})
