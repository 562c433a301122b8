import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Keystore } from '#keystore'
import { firstReleasePayload, memoryKeystore } from '#testing'
import { PublisherKeys, type PublisherKeysParts } from './publisher-keys.ts'

const keysOf = (keystore: Keystore, parts: Partial<PublisherKeysParts> = {}): PublisherKeys =>
  new PublisherKeys({ open: async () => keystore, isFleeting: false, ...parts })

test('a folder that stays gets an identity only when somebody asks for one, and says how it is protected', async () => {
  const keystore = memoryKeystore('stays')
  await assert.rejects(keysOf(keystore).signer(), { code: 'key-missing' })
  await assert.rejects(keysOf(keystore).create(), { code: 'passphrase-needed' })
  assert.equal(await keysOf(keystore).find(), undefined)
  const keys = keysOf(keystore, { passphrase: 'a long passphrase' })
  const { identity, recoveryWords } = await keys.create('laptop')
  assert.equal(recoveryWords.split(' ').length, 24)
  assert.equal(await keysOf(keystore).find(), identity)
  assert.equal((await keystore.read()).file.protection.kind, 'passphrase')
  await assert.rejects(keys.create(), { code: 'conflict' })
})

test('keys open with the passphrase of the caller and no other', async () => {
  const keystore = memoryKeystore('opens')
  const { identity } = await keysOf(keystore, { passphrase: 'a long passphrase' }).create()
  const signing = async (parts: Partial<PublisherKeysParts>): Promise<Uint8Array> => {
    const signer = await keysOf(keystore, parts).signer()
    assert.equal(signer.identity, identity)
    return await signer.sign(firstReleasePayload({ identity, feed: signer.publicKey }, 'tool', '1.0.0'), (op) => op.type === 'release')
  }
  assert.equal((await signing({ passphrase: 'a long passphrase' })).length, 64)
  await assert.rejects(signing({ passphrase: 'another passphrase' }), { code: 'passphrase-wrong' })
  await assert.rejects(signing({}), { code: 'passphrase-needed' })
})

test('a folder that goes with the program gets an identity with the first signature, and two at once get the same', async () => {
  const keys = keysOf(memoryKeystore('goes'), { isFleeting: true })
  const [one, other] = await Promise.all([keys.signer(), keys.signer()])
  assert.equal(one.identity, other.identity)
})
