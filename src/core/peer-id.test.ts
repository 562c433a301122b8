import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { base58btc } from 'multiformats/bases/base58'
import { isGgenError } from './errors.ts'
import { isPeerId, parsePeerId } from './peer-id.ts'

const key = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const textOf = (head: readonly number[], rest: Uint8Array): string => base58btc.encode(Uint8Array.from([...head, ...rest])).slice(1)

test('the ids of Ed25519, secp256k1 and RSA keys are peer ids', () => {
  fc.assert(fc.property(key(32), (bytes) => assert(isPeerId(textOf([0x00, 0x24, 0x08, 0x01, 0x12, 0x20], bytes)))))
  fc.assert(fc.property(key(32), (bytes) => assert(isPeerId(textOf([0x00, 0x25, 0x08, 0x02, 0x12, 0x21, 0x02], bytes)))))
  fc.assert(fc.property(key(32), (bytes) => assert(isPeerId(textOf([0x12, 0x20], bytes)))))
})

test('everything else is refused', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
    assert.throws(() => parsePeerId(text), (error) => isGgenError(error, 'address-invalid'))
  }))
  const id = textOf([0x00, 0x24, 0x08, 0x01, 0x12, 0x20], new Uint8Array(32))
  for (const text of [`${id}1`, id.slice(0, -1), ` ${id}`, `${id}\n`, id.replace(/.$/, '0')]) assert(!isPeerId(text), JSON.stringify(text))
})
