import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { GgenError, type IdentityId, isGgenError, LIMITS } from '#core'
import { keyPairFromSeed } from '#trust'
import { formatIdentityFile, type HeldKey, type IdentityFile, parseIdentityFile, type Protection } from './identity-file.ts'
import { seal } from './sealing.ts'

const IDENTITY = `bafyrei${'a'.repeat(52)}` as IdentityId
const bytes = (name: string, count = 32): Uint8Array => Uint8Array.from(createHash('shake256', { outputLength: count }).update(name).digest())
const keyOf = (seed: Uint8Array, more: Partial<HeldKey> = {}): HeldKey => ({ publicKey: keyPairFromSeed(seed).publicKey, role: 'root', secret: seed, ...more })

const PLAIN: IdentityFile = {
  identity: IDENTITY, createdAt: 1_700_000_000_000, chain: [bytes('genesis', 300), bytes('roles', 400)], protection: { kind: 'none' },
  keys: [keyOf(bytes('root')), keyOf(bytes('release'), { role: 'release', label: 'laptop' })],
}
const AGE_IDENTITY = 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX'

const sealedFile = async (protection: Protection): Promise<IdentityFile> => {
  const byPassphrase = { kind: 'passphrase', passphrase: 'a passphrase' } as const
  const lock = protection.kind === 'passphrase' ? byPassphrase : { kind: 'identity', identity: AGE_IDENTITY } as const
  const [first] = PLAIN.keys
  assert(first !== undefined)
  return { ...PLAIN, protection, keys: [{ ...first, secret: await seal(first.secret, lock, 10) }] }
}

/** As the program wrote it before keys could be encrypted. */
const FIRST_VERSION = {
  version: 1, identity: IDENTITY, genesis: Buffer.from(bytes('genesis', 300)).toString('base64'), root: Buffer.from(bytes('root')).toString('base64'),
  release: Buffer.from(bytes('release')).toString('base64'), createdAt: 1_700_000_000_000,
}

const parseText = (text: string): IdentityFile => parseIdentityFile(Buffer.from(text))
const isBroken = (error: unknown): boolean => isGgenError(error, 'store-broken')
const refuses = (value: unknown): void => assert.throws(() => parseText(JSON.stringify(value)), isBroken, JSON.stringify(value).slice(0, 2000))
const spelled = (file: IdentityFile): Record<string, unknown> => JSON.parse(formatIdentityFile(file)) as Record<string, unknown>
const withKey = (change: Record<string, unknown>): unknown => {
  const value = spelled(PLAIN)
  const [first, ...rest] = value['keys'] as Record<string, unknown>[]
  return { ...value, keys: [{ ...first, ...change }, ...rest] }
}

suite('an identity file', () => {
  test('is read as it was written, however its keys are protected', async () => {
    for (const file of [PLAIN, await sealedFile({ kind: 'passphrase' }), await sealedFile({ kind: 'keyring', entry: 'identity-0011' })]) {
      assert.deepEqual(parseText(formatIdentityFile(file)), file)
    }
  })

  test('of the first version is read, and is written in the newest one', () => {
    const file = parseText(JSON.stringify(FIRST_VERSION))
    const keys = PLAIN.keys.map(({ publicKey, role, secret }) => ({ publicKey, role, secret }))
    assert.deepEqual(file, { ...PLAIN, chain: [bytes('genesis', 300)], keys })
    assert.equal(spelled(file)['version'], 2)
    for (const change of [{ more: 1 }, { root: undefined }, { root: Buffer.alloc(31).toString('base64') }, { genesis: '' }, { createdAt: -1 }]) {
      refuses({ ...FIRST_VERSION, ...change })
    }
  })

  test('names public things beside the secrets, so that they are known without a passphrase', async () => {
    const text = formatIdentityFile(await sealedFile({ kind: 'passphrase' }))
    const seed = Buffer.from(bytes('root')).toString('base64')
    assert.ok(text.includes(PLAIN.keys[0]?.publicKey ?? 'none') && text.includes('"role": "root"'))
    assert.ok(!text.includes(seed) && !text.includes('"seed"'))
  })

  test('with a field too few, too many or of another form is refused', () => {
    const changes: Record<string, unknown>[] = [
      { version: 3 }, { version: undefined }, { version: '2' }, { more: 1 }, { identity: 'alice' }, { identity: 7 },
      { createdAt: '1' }, { createdAt: 1.5 },
      { chain: [] }, { chain: {} }, { chain: [''] }, { chain: ['****'] }, { chain: [7] },
      { chain: [Buffer.alloc(LIMITS.opBytes + 1).toString('base64')] },
      { chain: Array.from({ length: LIMITS.identityChainOps + 1 }, () => 'AAAA') }, { protection: 'none' },
      { protection: { kind: 'rot13' } }, { protection: {} },
      { protection: { kind: 'none', entry: 'x' } }, { protection: { kind: 'keyring' } }, { protection: { kind: 'keyring', entry: '../x' } },
      { keys: [] }, { keys: [7] },
    ]
    for (const change of changes) refuses({ ...spelled(PLAIN), ...change })
    const keyChanges: Record<string, unknown>[] = [
      { publicKey: 'ed01' }, { publicKey: PLAIN.keys[1]?.publicKey }, { role: 'owner' }, { label: '' }, { label: 7 },
      { label: 'x'.repeat(33) },
      { seed: undefined },
      { seed: Buffer.alloc(31).toString('base64') }, { seed: `${Buffer.alloc(32).toString('base64')} ` }, { sealed: 'AAAA' }, { more: 1 },
    ]
    for (const change of keyChanges) refuses(withKey(change))
    for (const text of ['', '[]', 'null', '7', '{', '"x"', `${formatIdentityFile(PLAIN)}x`]) assert.throws(() => parseText(text), isBroken, text)
    assert.throws(() => parseIdentityFile(Buffer.from([0x22, 0xff, 0x22])), isBroken)
    assert.throws(() => parseIdentityFile(Buffer.alloc(LIMITS.identityFileBytes + 1, ' ')), isBroken)
  })

  test('does not say that a passphrase protects what something else does, or asks for more work than anybody would do', async () => {
    const [byPassphrase, byKeyring] = [await sealedFile({ kind: 'passphrase' }), await sealedFile({ kind: 'keyring', entry: 'e' })]
    refuses(spelled({ ...byKeyring, protection: { kind: 'passphrase' } }))
    refuses(spelled({ ...byPassphrase, protection: { kind: 'keyring', entry: 'e' } }))
    const [key] = byPassphrase.keys
    const harder = Buffer.from(Buffer.from(key?.secret ?? []).toString('latin1').replace(' 10\n', ' 21\n'), 'latin1')
    refuses(spelled({ ...byPassphrase, keys: [{ ...PLAIN.keys[0] as HeldKey, secret: harder }] }))
  })
})

test('no error shows a seed', () => {
  const seed = Buffer.from(bytes('root')).toString('base64')
  for (const text of [formatIdentityFile(PLAIN).replace('{', ''), formatIdentityFile(PLAIN).replace(seed, `${seed}!`), `"${seed}`]) {
    assert.throws(() => parseText(text), (error) => {
      assert(error instanceof GgenError)
      return !JSON.stringify([error, error.message, String(error.cause)]).includes(seed.slice(0, 8))
    })
  }
})

test('whatever the bytes, only coded errors come out, and what is read is written the same', () => {
  const sound = [formatIdentityFile(PLAIN), JSON.stringify(FIRST_VERSION)].map((text) => Buffer.from(text))
  const flipped = fc.tuple(fc.constantFrom(...sound), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })).map(([text, changes]) => {
    const copy = Buffer.from(text)
    for (const [at, value] of changes) copy[at % copy.length] = value
    return copy
  })
  const swapped = fc.tuple(fc.constantFrom(...Object.keys(spelled(PLAIN))), fc.jsonValue())
    .map(([name, value]) => Buffer.from(JSON.stringify({ ...spelled(PLAIN), [name]: value })))
  const anything = fc.oneof(flipped, swapped, fc.uint8Array({ maxLength: 200 }), fc.json().map((text) => Buffer.from(text)))
  fc.assert(fc.property(anything, (input) => {
    try {
      const file = parseIdentityFile(input)
      assert.deepEqual(parseText(formatIdentityFile(file)), file)
    } catch (error) {
      assert(isBroken(error), String(error))
    }
  }), { numRuns: 2000 })
})
