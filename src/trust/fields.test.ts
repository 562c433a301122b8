import assert from 'node:assert/strict'
import test from 'node:test'
import { CID } from 'multiformats/cid'
import { isGgenError } from '#core'
import {
  blobLinkOf, booleanOf, bytesOf, checkDistinct, fieldsOf, listOf, mapOf, opLinkOf, packageNameOf, publicKeyOf, textOf, uintOf, versionOf,
} from './fields.ts'
import { check, type OpFault, refuse } from './op-fault.ts'

const link = CID.parse('bafyreicedr7z2n5ogvxnklgyqr2resx4apmfvc57imytn2v6uj2oxuer5y')

const refused = (reason: OpFault, work: () => unknown): void => {
  assert.throws(work, (error) => isGgenError(error, 'op-invalid') && error.details['reason'] === reason)
}

test('a refusal carries its reason and its cause', () => {
  const cause = new Error('inner')
  assert.throws(() => refuse('cbor', 'no', cause), (error) => isGgenError(error, 'op-invalid') && error.cause === cause && error.details['reason'] === 'cbor')
  check(true, 'size', 'fine')
  refused('size', () => check(false, 'size', 'not fine'))
})

test('only plain maps are maps', () => {
  assert.deepEqual(mapOf({ a: 1 }, 'f'), { a: 1 })
  for (const other of [null, undefined, 1, 'a', true, [], new Uint8Array(1), link]) refused('schema', () => mapOf(other, 'f'))
})

test('a map has exactly its keys, inherited ones do not count', () => {
  const keys = { required: ['a'], optional: ['b'] }
  assert.deepEqual(fieldsOf({ a: 1 }, 'f', keys), { a: 1 })
  assert.deepEqual(fieldsOf({ a: 1, b: 2 }, 'f', keys), { a: 1, b: 2 })
  for (const other of [{}, { b: 2 }, { a: 1, c: 3 }, Object.create({ a: 1 }), JSON.parse('{"a":1,"__proto__":1}')]) {
    refused('schema', () => fieldsOf(other, 'f', keys))
  }
  refused('schema', () => fieldsOf({}, 'f', { required: ['toString'] }))
})

test('each reader takes its kind and nothing else', () => {
  const readers: readonly (readonly [(value: unknown) => unknown, unknown, readonly unknown[], OpFault])[] = [
    [(value) => uintOf(value, 10, 'f'), 10, [-1, 11, 1.5, '1', 1n, null, Number.NaN, true], 'schema'],
    [(value) => booleanOf(value, 'f'), false, [0, null, 'false', undefined], 'schema'],
    [(value) => bytesOf(value, 2, 'f'), new Uint8Array(2), [new Uint8Array(1), new Uint8Array(3), [0, 0], 'ab'], 'schema'],
    [(value) => textOf(value, 2, 'f'), 'ab', ['abc', 'a\n', 1, new Uint8Array(2), null], 'schema'],
    [(value) => listOf(value, 1, 'f'), [1], [[1, 2], {}, 'a', new Uint8Array(1)], 'schema'],
    [(value) => opLinkOf(value, 'f'), link, [link.toString(), null, link.bytes], 'schema'],
    [(value) => blobLinkOf(value, 'f'), CID.createV1(0x55, link.multihash), [link, null], 'schema'],
    [(value) => publicKeyOf(value, 'f'), Uint8Array.from([0xed, 1, 9, ...new Uint8Array(31)]), [new Uint8Array(34), 'ed01', null], 'key'],
    [(value) => packageNameOf(value, 'f'), 'tool', ['Tool', 1, null, ''], 'name'],
    [(value) => versionOf(value, 'f'), '1.0.0', ['1', 1, null, '*'], 'semver'],
  ]
  for (const [read, good, bad, reason] of readers) {
    read(good)
    for (const value of bad) refused(reason, () => read(value))
  }
})

test('a list that names something twice is refused', () => {
  checkDistinct([], 'f')
  checkDistinct(['a', 'b'], 'f')
  refused('schema', () => checkDistinct(['a', 'b', 'a'], 'f'))
})
