import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { type ErrorCode, type IdentityId, isGgenError, parsePackageName, parseVersion } from '#core'
import { readUnsigned } from '#trust'
import { firstReleasePayload, firstStatusPayload, opinionPayload } from '#testing'
import { keysScene, pairOf, PASSPHRASE, rolesPayload } from './keys-scene.conformance.ts'
import { isOwnWord, purposeOf, readOwnWord } from './own-words.ts'
import { readPrepared } from './sign-prepared.ts'

const [NAME, VERSION] = [parsePackageName('tool'), parseVersion('1.2.0')]
const BOB = `bafyrei${'b'.repeat(51)}a` as IdentityId

const refuses = (read: () => unknown, code: ErrorCode): void => assert.throws(read, (error) => isGgenError(error, code), code)

suite('what a release key says itself', () => {
  const scene = async () => {
    const { keystore } = keysScene('ada')
    const { held, release } = await keystore.create(PASSPHRASE)
    const author = { identity: held.file.identity, publicKey: release.publicKey }
    return { keystore, held, release, author, head: { identity: author.identity, feed: author.publicKey } }
  }

  test('is releases, words on them and opinions, each in words for people', async () => {
    const { author, head, keystore, release } = await scene()
    const endorse = { type: 'endorse', target: BOB, names: [NAME] } as const
    const advice = { type: 'advisory', target: BOB, name: NAME, range: '<1.2.0' } as const
    const spoken = new Map<Uint8Array, string>([
      [firstReleasePayload(head, NAME, VERSION), 'publish tool 1.2.0'],
      [firstStatusPayload(head, { type: 'status', name: NAME, version: '*', state: 'yanked' }), 'say that tool * is yanked'],
      [opinionPayload(head, { ...endorse, level: 'vouch' }), 'vouch for bbbb-bbbb-bbba as publisher of tool'],
      [opinionPayload(head, { ...endorse, names: [], level: 'block' }), 'warn of bbbb-bbbb-bbba'],
      [opinionPayload(head, { ...endorse, names: [], level: 'none' }), 'say nothing more of bbbb-bbbb-bbba'],
      [opinionPayload(head, { ...advice, severity: 'high' }), 'advise (high) against tool <1.2.0'],
      [opinionPayload(head, { ...advice, severity: 'none' }), 'take back advice against tool <1.2.0'],
    ])
    for (const [payload, purpose] of spoken) {
      assert.equal(readOwnWord(payload, author), purpose)
      const op = readUnsigned(payload)
      assert.ok(isOwnWord(op, author) && purposeOf(op) === purpose)
      assert.ok(keystore.isOwnWord(author, payload, ({ id }) => id === op.id))
      assert.equal(keystore.signOwnWord(release, author.identity, payload).length, 64)
    }
  })

  test('is nothing of its chain, of another key, of another identity, and nothing that is no op', async () => {
    const { author, head, keystore, release, held } = await scene()
    const foreign = [
      rolesPayload(held.file.chain, {}),
      firstReleasePayload({ ...head, feed: pairOf('other').publicKey }, NAME, VERSION),
      firstReleasePayload({ ...head, identity: BOB }, NAME, VERSION),
      opinionPayload({ ...head, feed: pairOf('other').publicKey }, { type: 'endorse', target: BOB, names: [], level: 'vouch' }),
    ]
    for (const payload of foreign) {
      refuses(() => readOwnWord(payload, author), 'denied')
      refuses(() => keystore.signOwnWord(release, author.identity, payload), 'op-invalid')
      assert.equal(keystore.isOwnWord(author, payload, () => true), false)
    }
    refuses(() => readOwnWord(Buffer.from('anything'), author), 'op-invalid')
    refuses(() => keystore.isOwnWord(author, firstReleasePayload(head, NAME, VERSION), () => false), 'op-invalid')
    refuses(() => readPrepared(Buffer.from('anything'), () => true), 'op-invalid')
  })

  test('the stamp of the file changes with everything in it, and a seed gives its key', async () => {
    const { keystore, release } = await scene()
    const before = await keystore.stamp()
    assert.equal(await keystore.stamp(), before)
    const { seed } = await keystore.open(release.publicKey, PASSPHRASE.passphrase)
    assert.equal(keystore.keyOf({ seed }).publicKey, release.publicKey)
    await keystore.protect(async () => PASSPHRASE, PASSPHRASE.passphrase)
    assert.notEqual(await keystore.stamp(), before)
    assert.equal(await keysScene('nobody').keystore.stamp(), undefined)
  })
})
