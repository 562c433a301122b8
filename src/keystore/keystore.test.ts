import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { type ErrorCode, GgenError, isGgenError, LIMITS } from '#core'
import { openKeyFiles } from '#store/disk'
import { recoverySeed, signingBytes } from '#trust'
import { seeded } from '#testing'
import { formatIdentityFile, parseIdentityFile } from './identity-file.ts'
import { type IdentityFiles, memoryIdentityFiles } from './identity-files.ts'
import { KeySeals, type OpenKey, passphraseLock, publicKeyOf } from './key-seals.ts'
import { type KeysScene, keysScene, LIGHT_WORK, nextRoles, pairOf, PASSPHRASE, rolesPayload } from './keys-scene.conformance.ts'
import { Keystore } from './keystore.ts'
import { memoryOsKeyring, type OsKeyring } from './os-keyring.ts'
import { packIdentity, type PlainIdentity, unpackIdentity } from './packed-identity.ts'
import { makeLockIdentity } from './sealing.ts'
import { signPrepared } from './sign-prepared.ts'

const fails = (work: Promise<unknown> | (() => Promise<unknown>), code: ErrorCode): Promise<void> =>
  assert.rejects(work, (error) => isGgenError(error, code), code)
const textOf = async ({ files }: KeysScene): Promise<string> => Buffer.from((await files.read()) ?? []).toString()
const seedOf = (name: string): OpenKey => ({ role: 'release', label: name, seed: seeded(name).bytes(32) })

suite('the place of the identity file, in memory and on the disk alike', () => {
  const suiteOn = (name: string, open: (folder: string) => Promise<IdentityFiles>): void => {
    test(`${name}: the first one stays, and is replaced only by who has read it`, async () => {
      await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-files-'))
      const files = await open(folder.path)
      const [a, b, c] = ['a', 'b', 'c'].map((text) => Uint8Array.from(Buffer.from(text))) as [Uint8Array, Uint8Array, Uint8Array]
      assert.equal(await files.read(), undefined)
      await fails(files.replace(a, b), 'conflict')
      await files.create(a)
      await fails(files.create(b), 'conflict')
      await files.replace(a, b)
      await fails(files.replace(a, c), 'conflict')
      assert.deepEqual(await files.read(), b)
    })
  }
  suiteOn('memory', async () => memoryIdentityFiles())
  suiteOn('disk', async (folder) => (await openKeyFiles(join(folder, 'keys'))).identity)
})

suite('an identity', () => {
  test('is made once, with words that are its recovery key, and reads without a passphrase', async () => {
    const scene = keysScene('ada')
    assert.ok(scene.keystore instanceof Keystore)
    assert.equal(await scene.keystore.find(), undefined)
    await fails(scene.keystore.read(), 'key-missing')
    const made = await scene.keystore.create(PASSPHRASE, 'laptop')
    assert.deepEqual(await scene.keystore.read(), made.held)
    assert.deepEqual(made.held.view.roles.recovery.keys, [publicKeyOf({ role: 'recovery', seed: recoverySeed(made.recoveryWords) })])
    assert.equal(scene.keystore.releaseKey(made.held), made.release.publicKey)
    assert.deepEqual(scene.keystore.describe(made.held).map(({ role, held, label }) => [role, held, label]), [
      ['root', true, undefined], ['recovery', false, undefined], ['release', true, 'laptop'],
    ])
    await assert.rejects(scene.keystore.create({ kind: 'none' }), (error) => isGgenError(error, 'conflict') && error.hint.includes('ggen id show'))
  })

  test('keeps no seed and no word in the clear behind a passphrase', async () => {
    const scene = keysScene('ada')
    const { held, recoveryWords } = await scene.keystore.create(PASSPHRASE)
    const text = await textOf(scene)
    for (const { publicKey } of held.file.keys) {
      const { seed } = await scene.keystore.open(publicKey, PASSPHRASE.passphrase)
      for (const spelling of ['base64', 'hex'] as const) assert.ok(!text.includes(Buffer.from(seed).toString(spelling).slice(0, 20)))
    }
    assert.ok(!text.includes(recoveryWords.split(' ').slice(0, 3).join(' ')))
  })

  test('opens one key at a time, so that what signs a release never opens the root key', async () => {
    const scene = keysScene('ada')
    const { held, release } = await scene.keystore.create(PASSPHRASE)
    const file = parseIdentityFile(await scene.files.read() ?? new Uint8Array())
    const [root, other] = file.keys
    assert(root !== undefined && other !== undefined)
    // The root key becomes one that cannot be opened; who only signs a release does not notice.
    const broken = { ...file, keys: [{ ...root, secret: other.secret }, other] }
    await scene.files.replace(Buffer.from(formatIdentityFile(file)), Buffer.from(formatIdentityFile(broken)))
    const { pair } = await scene.keystore.open(release.publicKey, PASSPHRASE.passphrase)
    assert.deepEqual(pair.sign(Buffer.from('x')), release.sign(Buffer.from('x')))
    await fails(scene.keystore.open(root.publicKey, PASSPHRASE.passphrase), 'store-broken')
    await fails(scene.keystore.open(held.view.roles.recovery.keys[0] ?? root.publicKey, PASSPHRASE.passphrase), 'key-missing')
  })

  test('says that a passphrase is needed, wrong or too short', async () => {
    const { keystore } = keysScene('ada')
    await fails(keystore.create({ kind: 'passphrase', passphrase: 'short' }), 'usage')
    const { release } = await keystore.create(PASSPHRASE)
    await fails(keystore.open(release.publicKey), 'passphrase-needed')
    await fails(keystore.open(release.publicKey, 'wrong horse'), 'passphrase-wrong')
    await fails(keystore.protect(async () => ({ kind: 'none' }), 'wrong horse'), 'passphrase-wrong')
    assert.throws(() => keystore.checkPassphrase('1234567'), (error) => isGgenError(error, 'usage'))
    assert.throws(() => passphraseLock(undefined), (error) => isGgenError(error, 'passphrase-needed'))
  })
})

suite('the protection of the keys', () => {
  test('goes from each kind to each other, and the keys stay the same', async () => {
    const scene = keysScene('ada')
    const { held, release } = await scene.keystore.create({ kind: 'none' })
    const kinds = ['passphrase', 'keyring', 'passphrase', 'none', 'keyring', 'keyring', 'none'] as const
    for (const kind of kinds) {
      const fresh = await scene.keystore.protect(async () => (kind === 'passphrase' ? PASSPHRASE : { kind }), PASSPHRASE.passphrase)
      assert.equal(fresh.file.protection.kind, kind)
      assert.deepEqual(fresh.file.keys.map(({ publicKey, role }) => [publicKey, role]), held.file.keys.map(({ publicKey, role }) => [publicKey, role]))
      assert.deepEqual((await scene.keystore.open(release.publicKey, PASSPHRASE.passphrase)).pair.publicKey, release.publicKey)
    }
  })

  test('leaves no key in the keyring that protects nothing any more', async () => {
    const entries = new Set<string>()
    const keyring = memoryOsKeyring()
    const watched: OsKeyring = {
      ...keyring,
      set: async (entry, secret) => (entries.add(entry), keyring.set(entry, secret)),
      delete: async (entry) => (entries.delete(entry), keyring.delete(entry)),
    }
    const scene = keysScene('ada', { keyring: watched })
    await scene.keystore.create({ kind: 'keyring' })
    await scene.keystore.protect(async () => ({ kind: 'keyring' }))
    assert.equal(entries.size, 1)
    await scene.keystore.protect(async () => ({ kind: 'none' }))
    assert.equal(entries.size, 0)
    const elsewhere: IdentityFiles = { ...scene.files, read: async () => undefined, create: () => Promise.reject(new GgenError('disk-full', 'no room')) }
    await fails(keysScene('bob', { keyring: watched, files: elsewhere }).keystore.create({ kind: 'keyring' }), 'disk-full')
    assert.equal(entries.size, 0)
  })

  test('is not left to a keyring that forgets, is gone, or holds another key', async () => {
    const forgetful: OsKeyring = { ...memoryOsKeyring(), set: async () => undefined }
    await fails(keysScene('ada', { keyring: forgetful }).keystore.create({ kind: 'keyring' }), 'keyring-unavailable')
    const scene = keysScene('ada')
    const { held, release } = await scene.keystore.create({ kind: 'keyring' })
    assert(held.file.protection.kind === 'keyring')
    const { entry } = held.file.protection
    assert.equal((await scene.keystore.open(release.publicKey)).pair.publicKey, release.publicKey)
    await scene.keyring.set(entry, await makeLockIdentity())
    await fails(scene.keystore.open(release.publicKey), 'keyring-unavailable')
    await scene.keyring.delete(entry)
    await fails(scene.keystore.open(release.publicKey), 'keyring-unavailable')
  })

  test('does not change while somebody else changes the file', async () => {
    const scene = keysScene('ada')
    await scene.keystore.create(PASSPHRASE)
    const meanwhile = async (): Promise<{ kind: 'none' }> => {
      await scene.keystore.change({ add: [seedOf('ci')] }, PASSPHRASE.passphrase)
      return { kind: 'none' }
    }
    await fails(scene.keystore.protect(meanwhile, PASSPHRASE.passphrase), 'conflict')
    const { file } = await scene.keystore.read()
    assert.deepEqual([file.protection.kind, file.keys.length], ['passphrase', 3])
  })
})

suite('keys and chain', () => {
  test('change together: a new root comes, the old one goes, and the chain says so', async () => {
    const { keystore } = keysScene('ada')
    const { held } = await keystore.create(PASSPHRASE)
    const [old, release] = held.file.keys
    assert(old !== undefined && release !== undefined)
    const root: OpenKey = { role: 'root', seed: seeded('next root').bytes(32) }
    await fails(keystore.change({ add: [root] }), 'passphrase-needed')
    await fails(keystore.change({ add: [root] }, 'wrong horse'), 'passphrase-wrong')
    const waiting = await keystore.change({ add: [root] }, PASSPHRASE.passphrase)
    assert.deepEqual(keystore.describe(waiting).find(({ publicKey }) => publicKey === publicKeyOf(root))?.standing, 'unnamed')
    const { pair } = await keystore.open(old.publicKey, PASSPHRASE.passphrase)
    const append = [nextRoles(held.file.chain, { root: publicKeyOf(root), signers: [pair, pairOf('next root')] })]
    const rotated = await keystore.change({ append, remove: [old.publicKey] })
    assert.deepEqual(rotated.file.keys.map(({ publicKey }) => publicKey), [release.publicKey, publicKeyOf(root)])
    assert.deepEqual([rotated.view.seq, rotated.view.roles.root.keys], [1, [publicKeyOf(root)]])
    assert.deepEqual(await keystore.read(), rotated)
  })

  test('stay as they are when the change is none: a foreign op, a key that is not held, no key left', async () => {
    const scene = keysScene('ada')
    const { held } = await scene.keystore.create({ kind: 'none' })
    const before = await textOf(scene)
    const foreign = nextRoles(held.file.chain, { release: [], signers: [pairOf('thief')] })
    await fails(scene.keystore.change({ append: [foreign] }), 'store-broken')
    await fails(scene.keystore.change({ remove: [pairOf('thief').publicKey] }), 'key-missing')
    await fails(scene.keystore.change({ remove: held.file.keys.map(({ publicKey }) => publicKey) }), 'store-broken')
    assert.equal(await textOf(scene), before)
  })

  test('a key that is added again takes the place of itself', async () => {
    const { keystore } = keysScene('ada')
    await keystore.create({ kind: 'none' })
    await keystore.change({ add: [seedOf('ci')] })
    const { file } = await keystore.change({ add: [{ ...seedOf('ci'), label: 'renamed' }] })
    assert.deepEqual(file.keys.map(({ label }) => label), [undefined, undefined, 'renamed'])
  })

  test('a file of the first version is read, and written in the newest when it changes', async () => {
    const scene = keysScene('ada')
    const { held } = await scene.keystore.create({ kind: 'none' })
    const [root, release] = held.file.keys.map(({ secret }) => Buffer.from(secret).toString('base64'))
    const genesis = Buffer.from(held.file.chain[0] ?? []).toString('base64')
    const old = keysScene('other')
    await old.files.create(Buffer.from(JSON.stringify({ version: 1, identity: held.file.identity, genesis, root, release, createdAt: 5 })))
    assert.equal(old.keystore.releaseKey(await old.keystore.read()), scene.keystore.releaseKey(held))
    await old.keystore.protect(async () => PASSPHRASE)
    assert.equal((JSON.parse(await textOf(old)) as Record<string, unknown>)['version'], 2)
  })
})

suite('a file that takes an identity elsewhere', () => {
  const passphrase = PASSPHRASE.passphrase
  const other = { kind: 'passphrase', passphrase: 'another horse' } as const

  test('brings everything back on another machine, under the protection of that one', async () => {
    const [here, there] = [keysScene('ada').keystore, keysScene('there').keystore]
    const { held, release } = await here.create(PASSPHRASE)
    const bytes = await here.pack({ passphrase, chooseGuard: async () => other })
    assert.ok(here.isPackedWithPassphrase(bytes) && !Buffer.from(bytes).includes(held.file.identity))
    await fails(there.unpack(bytes), 'passphrase-needed')
    await fails(there.unpack(bytes, passphrase), 'passphrase-wrong')
    const adopted = await there.adopt(await there.unpack(bytes, other.passphrase), PASSPHRASE)
    assert.deepEqual(adopted.view.chain, held.view.chain)
    assert.equal((await there.open(release.publicKey, passphrase)).pair.publicKey, release.publicKey)
    await fails(async () => there.adopt(await there.unpack(bytes, other.passphrase), { kind: 'none' }), 'conflict')
  })

  test('holds only the keys that were chosen', async () => {
    const { keystore } = keysScene('ada')
    const { release } = await keystore.create(PASSPHRASE)
    const bytes = await keystore.pack({ keys: [release.publicKey], passphrase, chooseGuard: async () => ({ kind: 'none' }) })
    assert.ok(!keystore.isPackedWithPassphrase(bytes))
    assert.deepEqual((await keystore.unpack(bytes)).keys.map(({ publicKey, role }) => [publicKey, role]), [[release.publicKey, 'release']])
    await fails(keystore.pack({ keys: [pairOf('x').publicKey], passphrase, chooseGuard: async () => other }), 'key-missing')
  })

  test('is refused when its keys are not those of its chain, or it is something else', async () => {
    const { keystore } = keysScene('ada')
    await keystore.create({ kind: 'none' })
    const plain = await unpackIdentity(await keystore.pack({ chooseGuard: async () => ({ kind: 'none' }) }))
    const [root, release] = plain.keys
    assert(root !== undefined && release !== undefined)
    const stranger = { ...release, publicKey: pairOf('x').publicKey, secret: seeded('x').bytes(32) }
    const wrong: PlainIdentity[] = [
      { ...plain, keys: [stranger] }, { ...plain, keys: [{ ...root, secret: release.secret }] }, { ...plain, chain: [...plain.chain, ...plain.chain] },
    ]
    for (const file of wrong) await fails(unpackIdentity(await packIdentity(file, { kind: 'none' }, LIGHT_WORK)), 'usage')
    for (const text of ['{}', 'a text', '', 'age-encryption.org/v1\nx']) await fails(unpackIdentity(Buffer.from(text), 'x'), 'usage')
    const sealed = keysScene('bob')
    await sealed.keystore.create(PASSPHRASE)
    await fails(unpackIdentity(await sealed.files.read() ?? new Uint8Array(), passphrase), 'usage')
    assert.equal((await unpackIdentity(await packIdentity({ ...plain, keys: [root, stranger] }, { kind: 'none' }, LIGHT_WORK))).keys.length, 2)
  })
})

test('what is signed verifies, and what the node put in its place is not given away', async () => {
  const { keystore } = keysScene('ada')
  const { held, release } = await keystore.create({ kind: 'none' })
  const payload = rolesPayload(held.file.chain, {})
  assert.deepEqual(keystore.sign(release, payload, ({ type }) => type === 'roles'), release.sign(signingBytes(payload)))
  const isRefused = (error: unknown): boolean => isGgenError(error, 'op-invalid')
  assert.throws(() => signPrepared(release, payload, ({ type }) => type === 'release'), isRefused)
  assert.throws(() => signPrepared(release, Buffer.from('anything'), () => true), isRefused)
})

test('keys are opened in their order, and nothing is opened of a file without keys', async () => {
  const seals = new KeySeals({ keyring: memoryOsKeyring(), random: seeded('x'), workFactor: LIGHT_WORK })
  const sealed = await seals.seal([seedOf('a'), seedOf('b')], PASSPHRASE)
  assert.deepEqual(await seals.open(sealed, PASSPHRASE.passphrase), [seedOf('a'), seedOf('b')])
  assert.deepEqual(await seals.open({ ...sealed, keys: [] }, PASSPHRASE.passphrase), [])
  const [more] = await seals.sealLike(sealed, [seedOf('c')], PASSPHRASE.passphrase)
  assert.equal(more?.publicKey, publicKeyOf(seedOf('c')))
  await seals.forget({ kind: 'none' })
  assert.ok(LIMITS.scryptWorkFactor >= 18)
})
