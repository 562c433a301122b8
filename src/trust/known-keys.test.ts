import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { decode } from '@ipld/dag-cbor'
import { readEnvelope } from './envelope.ts'
import { knownKey } from './known-keys.ts'

const VALID = new URL('../../vectors/ops/valid/', import.meta.url)

const keysIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return []
  const items = Object.values(value).flatMap(keysIn)
  return Array.isArray(value) ? items : [...Object.keys(value), ...items]
}

const lookUp = (text: string): string | undefined => {
  const bytes = Buffer.from(`..${text}..`)
  return knownKey(bytes, 2, bytes.length - 4)
}

test('every key of an op is known', () => {
  const payloads = readdirSync(VALID).map((name) => {
    const { envelopeHex } = JSON.parse(readFileSync(new URL(name, VALID), 'utf8')) as { envelopeHex: string }
    const { x: _extensions, ...payload } = decode<Record<string, unknown>>(readEnvelope(Buffer.from(envelopeHex, 'hex')).payload)
    return payload
  })
  // Parts of links, and a tag, which publishers name as they like.
  const others = ['/', 'code', 'version', 'multihash', 'bytes', 'size', 'digest', 'next-2']
  const keys = new Set(payloads.flatMap(keysIn).filter((key) => !others.includes(key)))
  assert(keys.size > 40)
  for (const key of keys) assert.equal(lookUp(key), key)
})

test('what is nearly a key is not taken for it', () => {
  for (const text of ['', 'sha256 ', 'sha25', 'sha257', 'Name', 'ñame', '__proto__', 'constructor', 'descriptions']) assert.equal(lookUp(text), undefined, text)
})

test('a claimed length costs nothing', () => {
  assert.equal(knownKey(Buffer.from('name'), 0, Number.MAX_SAFE_INTEGER), undefined)
  assert.equal(knownKey(Buffer.from('name'), 2, 4), undefined)
})
