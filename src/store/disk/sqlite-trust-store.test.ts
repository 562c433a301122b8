import assert from 'node:assert/strict'
import { mkdtempDisposableSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { GgenError, type IdentityId, type OpId, parsePackageName, parseVersion, type PublicKey } from '#core'
import type { Intent } from '#store'
import { openTrustStore } from './sqlite-trust-store.ts'
import { TRUST_SCHEMA } from './trust-schema.ts'

const ID = `bafyrei${'a'.repeat(52)}` as OpId

const NAME = parsePackageName('web-tools')

const INTENT: Intent = {
  id: ID, identity: ID as IdentityId, feed: `ed01${'00'.repeat(32)}` as PublicKey, name: NAME, version: parseVersion('1.0.0'), seq: 3,
  payload: new Uint8Array([1, 2, 3]), state: 'prepared', createdAt: 1_700_000_000_000,
}

const temporaryFolder = (): ReturnType<typeof mkdtempDisposableSync> => mkdtempDisposableSync(join(tmpdir(), 'ggen-trust-'))

suite('the trust file', () => {
  test('keeps what it holds, for its owner alone', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'trust.db')
    const pin = { name: NAME, identity: INTENT.identity, since: 5, how: 'first-use' as const }
    {
      using store = openTrustStore(path)
      store.putIntent(INTENT)
      store.putPin(pin)
    }
    using store = openTrustStore(path)
    assert.deepEqual([store.intents(), store.pin(NAME)], [[INTENT], pin])
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })

  test('waits for the disk at every commit, which others see at once', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'trust.db')
    using store = openTrustStore(path)
    store.putIntent(INTENT)
    using other = new DatabaseSync(path, { readOnly: true })
    assert.deepEqual({ ...other.prepare('SELECT count(*) AS count FROM intents').get() }, { count: 1 })
    assert.equal(TRUST_SCHEMA.synchronous, 'FULL')
  })

  test('is refused and left alone when it is damaged', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'trust.db')
    const garbage = 'what was once a database '.repeat(400)
    writeFileSync(path, garbage)
    assert.throws(() => openTrustStore(path), (error) => error instanceof GgenError && error.code === 'store-broken' && /do not delete it/.test(error.hint))
    assert.equal(readFileSync(path, 'utf8'), garbage)
    assert.deepEqual(readdirSync(folder.path), ['trust.db'])
  })

  test('with any bytes flipped opens or is refused with a code, and reads what it holds or says that it cannot', () => {
    using folder = temporaryFolder()
    const path = join(folder.path, 'trust.db')
    {
      using store = openTrustStore(path)
      store.putIntent(INTENT)
    }
    const sound = readFileSync(path)
    const flips = fc.array(fc.record({ at: fc.oneof(fc.nat(100), fc.nat(sound.length - 1)), value: fc.nat(255) }), { minLength: 1, maxLength: 20 })
    fc.assert(fc.property(flips, (changes) => {
      const bytes = Buffer.from(sound)
      for (const { at, value } of changes) bytes[at] = value
      writeFileSync(path, bytes)
      try {
        using store = openTrustStore(path)
        store.intents()
        store.ownOps()
        store.putPin({ name: NAME, identity: INTENT.identity, since: 1, how: 'first-use' })
      } catch (error) {
        assert(error instanceof GgenError, String(error))
      }
      assert(readdirSync(folder.path).every((name) => /^trust\.db(?:-wal|-shm)?$/.test(name)))
      for (const suffix of ['-wal', '-shm']) if (readdirSync(folder.path).includes(`trust.db${suffix}`)) writeFileSync(path + suffix, '')
    }), { numRuns: 100 })
  })
})
