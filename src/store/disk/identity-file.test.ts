import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { GgenError, type IdentityId, isGgenError } from '#core'
import { formatIdentityFile, type IdentityFile, parseIdentityFile } from './identity-file.ts'

const FILE: IdentityFile = {
  identity: `bafyrei${'a'.repeat(52)}` as IdentityId, genesis: Uint8Array.from(randomBytes(300)), root: Uint8Array.from(randomBytes(32)),
  release: Uint8Array.from(randomBytes(32)), createdAt: 1_700_000_000_000,
}

const parseText = (text: string): IdentityFile => parseIdentityFile(Buffer.from(text))
const isBroken = (error: unknown): boolean => isGgenError(error, 'store-broken')

test('what is written is read', () => {
  assert.deepEqual(parseText(formatIdentityFile(FILE)), FILE)
})

test('a file with a field too few, too many or of another form is refused', () => {
  const sound = JSON.parse(formatIdentityFile(FILE)) as Record<string, unknown>
  const wrong: Record<string, unknown>[] = [
    { version: 2 }, { version: undefined }, { more: 1 }, { identity: 'alice' }, { identity: 7 }, { genesis: '' }, { genesis: '****' }, { genesis: 7 },
    { genesis: Buffer.alloc(20_000).toString('base64') }, { root: Buffer.alloc(31).toString('base64') }, { release: Buffer.alloc(33).toString('base64') },
    { root: `${String(sound['root'])} ` }, { root: String(sound['root']).replace('=', '') }, { createdAt: '1' }, { createdAt: -1 }, { createdAt: 1.5 },
  ]
  for (const change of wrong) assert.throws(() => parseText(JSON.stringify({ ...sound, ...change })), isBroken, JSON.stringify(change))
  for (const text of ['', '[]', 'null', '7', '{', '"x"', `${formatIdentityFile(FILE)}x`]) assert.throws(() => parseText(text), isBroken, text)
  assert.throws(() => parseIdentityFile(Buffer.from([0x22, 0xff, 0x22])), isBroken)
})

test('no error shows a seed', () => {
  const seed = Buffer.from(FILE.root).toString('base64')
  for (const text of [formatIdentityFile(FILE).replace('{', ''), formatIdentityFile(FILE).replace(seed, `${seed}!`), `"${seed}`]) {
    assert.throws(() => parseText(text), (error) => {
      assert(error instanceof GgenError)
      return !JSON.stringify([error, error.message, String(error.cause)]).includes(seed.slice(0, 8))
    })
  }
})

test('whatever the bytes, only coded errors come out', () => {
  const sound = Buffer.from(formatIdentityFile(FILE))
  const flipped = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
    const bytes = Buffer.from(sound)
    for (const [at, value] of changes) bytes[at] = value
    return bytes
  })
  const anything = fc.oneof(flipped, fc.uint8Array({ maxLength: 200 }), fc.json().map((text) => Buffer.from(text)))
  fc.assert(fc.property(anything, (bytes) => {
    try {
      parseIdentityFile(bytes)
    } catch (error) {
      assert(isBroken(error), String(error))
    }
  }), { numRuns: 1000 })
})
