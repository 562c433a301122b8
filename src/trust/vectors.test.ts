import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import { type IdentityId, isGgenError, type Op } from '#core'
import { readEnvelope } from './envelope.ts'
import { encodePayload } from './encode-payload.ts'
import { openOp, opIdOf, reopenOp } from './open-op.ts'

const ROOT = new URL('../../vectors/', import.meta.url)

interface ViewVector {
  readonly identity: IdentityId
  readonly ops: Readonly<Record<string, string>>
  readonly cases: readonly { readonly description: string; readonly ops: readonly string[]; readonly view: unknown }[]
}

const generator = (await import(new URL('generate.ts', ROOT).href)) as { vectorFiles: () => ReadonlyMap<string, string> }
const { viewJson } = (await import(new URL('view-json.ts', ROOT).href)) as { viewJson: (identity: IdentityId, ops: readonly Op[]) => unknown }
const { opJson } = (await import(new URL('op-json.ts', ROOT).href)) as { opJson: (op: Op) => unknown }

const namesIn = (folder: string): string[] => readdirSync(new URL(folder, ROOT)).map((name) => `${folder}${name}`)
const textOf = (name: string): string => readFileSync(new URL(name, ROOT), 'utf8')
const jsonOf = <T>(name: string): T => JSON.parse(textOf(name)) as T
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

test('the generator writes the vector files byte for byte as they are', () => {
  const files = generator.vectorFiles()
  assert.deepEqual([...files.keys()].sort(), ['ops/valid/', 'ops/invalid/', 'views/'].flatMap(namesIn).sort())
  for (const [name, text] of files) assert.equal(textOf(name), text, name)
})

test('every valid envelope opens to the op it is', () => {
  const names = namesIn('ops/valid/')
  assert(names.length >= 15)
  for (const name of names) {
    const { envelopeHex, id, op } = jsonOf<{ envelopeHex: string; id: string; op: unknown }>(name)
    const opened = openOp(bytesOf(envelopeHex))
    assert.equal(opened.id, id, name)
    assert.deepEqual(opJson(opened), op, name)
    assert.deepEqual(reopenOp(bytesOf(envelopeHex)), opened, name)
    assert.equal(Buffer.from(opened.bytes).toString('hex'), envelopeHex, name)
  }
})

test('what an op says gives its payload again, unless it has extensions', () => {
  const extended = ['ops/valid/largest.json', 'ops/valid/release-everything.json']
  for (const name of namesIn('ops/valid/').filter((one) => !extended.includes(one))) {
    const bytes = bytesOf(jsonOf<{ envelopeHex: string }>(name).envelopeHex)
    assert.deepEqual(encodePayload(openOp(bytes)), readEnvelope(bytes).payload, name)
    assert.equal(opIdOf(readEnvelope(bytes).payload), openOp(bytes).id)
  }
})

test('every invalid envelope is refused for its reason', () => {
  const names = namesIn('ops/invalid/')
  assert(names.length > 300)
  for (const name of names) {
    const { envelopeHex, reason } = jsonOf<{ envelopeHex: string; reason: string }>(name)
    assert.throws(() => openOp(bytesOf(envelopeHex)), (error) => isGgenError(error, 'op-invalid') && error.details['reason'] === reason, `${name}: ${reason}`)
  }
})

test('reopening gives a typed error or an op, and refuses all but wrong signatures and another spelling', () => {
  for (const name of namesIn('ops/invalid/')) {
    const { envelopeHex, reason } = jsonOf<{ envelopeHex: string; reason: string }>(name)
    const lenient = ['signature', 'canonical', 'cbor'].includes(reason)
    try {
      reopenOp(bytesOf(envelopeHex))
      assert(lenient, name)
    } catch (error) {
      assert(isGgenError(error, 'op-invalid'), name)
    }
  }
})

test('every set of ops adds up to its view, forwards, backwards and doubled', () => {
  const names = namesIn('views/')
  assert(names.length >= 25)
  for (const name of names) {
    const { identity, ops, cases } = jsonOf<ViewVector>(name)
    const opened = new Map(Object.entries(ops).map(([label, hex]) => [label, openOp(bytesOf(hex))]))
    for (const { description, ops: labels, view } of cases) {
      const set = labels.flatMap((label) => opened.get(label) ?? [])
      assert.equal(set.length, labels.length, `${name} names an op it does not have`)
      for (const order of [set, set.toReversed(), [...set, ...set]]) assert.deepEqual(viewJson(identity, order), view, `${name}: ${description}`)
    }
  }
})

test('the annotated example of the protocol document is the vector byte for byte', () => {
  const page = readFileSync(new URL('../docs/protocol/op.md', ROOT), 'utf8')
  const { envelopeHex, id } = jsonOf<{ envelopeHex: string; id: string }>('ops/valid/release.json')
  const listing = page.slice(page.indexOf('## Example')).split('```')[1] ?? ''
  const hex = listing.split('\n').map((line) => line.replace(/\s*;.*/, '').trim()).join('')
  assert.equal(hex, envelopeHex)
  assert(page.includes(id))
})
