import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtempDisposable, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { GgenError, isGgenError, LIMITS } from '#core'
import { openKeyFiles, openSecretFile } from './key-files.ts'

const temporaryHome = (): ReturnType<typeof mkdtempDisposable> => mkdtempDisposable(join(tmpdir(), 'ggen-keys-'))

const identityFile = (): Uint8Array => Uint8Array.from(randomBytes(500))

const insecure = (path: string) => (error: unknown): boolean => error instanceof GgenError && error.code === 'home-insecure' && error.details['path'] === path
const isSuperuser = process.getuid?.() === 0

suite('key files', () => {
  test('a key comes back as it was written, also after opening again', async () => {
    await using home = await temporaryHome()
    const folder = join(home.path, 'new', 'keys')
    const keys = await openKeyFiles(folder)
    assert.deepEqual([await keys.readPeerKey(), await keys.identity.read()], [undefined, undefined])
    const [peerKey, identity] = [Uint8Array.from(randomBytes(68)), identityFile()]
    await keys.writePeerKey(peerKey)
    await keys.identity.create(identity)
    const again = await openKeyFiles(folder)
    assert.deepEqual([await again.readPeerKey(), await again.identity.read()], [peerKey, identity])
  })

  test('the key of the node may lie elsewhere, in a folder that is its owner\'s alone, too', async () => {
    await using home = await temporaryHome()
    const [folder, elsewhere] = [join(home.path, 'keys'), join(home.path, 'else', 'where', 'node.key')]
    const keys = await openKeyFiles(folder, elsewhere)
    const peerKey = Uint8Array.from(randomBytes(68))
    await keys.writePeerKey(peerKey)
    assert.deepEqual([await readdir(folder), Uint8Array.from(await readFile(elsewhere))], [[], peerKey])
    assert.deepEqual(await (await openKeyFiles(folder, elsewhere)).readPeerKey(), peerKey)
    await chmod(join(home.path, 'else', 'where'), 0o755)
    await assert.rejects(openKeyFiles(folder, elsewhere), insecure(join(home.path, 'else', 'where')))
  })

  test('a secret before which there was no folder makes it', async () => {
    await using home = await temporaryHome()
    const folder = join(home.path, 'not', 'yet')
    const file = openSecretFile(folder, 'tokens.json', 100)
    assert.equal(await file.read(), undefined)
    await assert.rejects(stat(folder), { code: 'ENOENT' })
    const bytes = Uint8Array.from([1, 2, 3])
    await file.create(bytes)
    assert.deepEqual(await file.read(), bytes)
    assert.deepEqual([(await stat(folder)).mode & 0o777, (await stat(file.path)).mode & 0o777], [0o700, 0o600])
  })

  test('the folder and the files are their owner\'s alone, and nothing else remains', async () => {
    await using home = await temporaryHome()
    const folder = join(home.path, 'keys')
    const keys = await openKeyFiles(folder)
    await keys.writePeerKey(randomBytes(68))
    await keys.identity.create(identityFile())
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    for (const name of ['peer.key', 'identity.json']) assert.equal((await stat(join(folder, name))).mode & 0o777, 0o600)
    assert.deepEqual((await readdir(folder)).sort(), ['identity.json', 'peer.key'])
  })

  test('a key is never overwritten, and of many writers at once exactly one wins', async () => {
    await using home = await temporaryHome()
    const keys = await openKeyFiles(join(home.path, 'keys'))
    const files = Array.from({ length: 8 }, identityFile)
    const outcomes = await Promise.allSettled(files.map((file) => keys.identity.create(file)))
    const winners = files.filter((_, index) => outcomes[index]?.status === 'fulfilled')
    assert.equal(winners.length, 1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') assert(isGgenError(outcome.reason, 'conflict'))
    assert.deepEqual(await keys.identity.read(), winners[0])
    assert.deepEqual(await readdir(join(home.path, 'keys')), ['identity.json'])
  })

  test('an identity is replaced by another as a whole, only where it is still the one that was read', async () => {
    await using home = await temporaryHome()
    const keys = await openKeyFiles(join(home.path, 'keys'))
    const [first, second, third] = [identityFile(), identityFile(), identityFile()]
    await assert.rejects(keys.identity.replace(first, second), (error) => isGgenError(error, 'conflict'))
    await keys.identity.create(first)
    await keys.identity.replace(first, second)
    await assert.rejects(keys.identity.replace(first, third), (error) => isGgenError(error, 'conflict'))
    assert.deepEqual(await keys.identity.read(), second)
    assert.equal((await stat(keys.identity.path)).mode & 0o777, 0o600)
    assert.deepEqual((await readdir(join(home.path, 'keys'))).sort(), ['identity.json', 'identity.json.lock'])
  })

  test('of many that replace it at once one wins, and the others are told', async () => {
    await using home = await temporaryHome()
    const keys = await openKeyFiles(join(home.path, 'keys'))
    const first = identityFile()
    await keys.identity.create(first)
    const others = Array.from({ length: 8 }, identityFile)
    const outcomes = await Promise.allSettled(others.map((after) => keys.identity.replace(first, after)))
    const winners = others.filter((_, index) => outcomes[index]?.status === 'fulfilled')
    assert.equal(winners.length, 1)
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') assert(isGgenError(outcome.reason, 'conflict') || isGgenError(outcome.reason, 'too-busy'), String(outcome.reason))
    }
    assert.deepEqual(await keys.identity.read(), winners[0])
  })

  test('replacing removes what a killed command left of the keys, and leaves the rest alone', async () => {
    await using home = await temporaryHome()
    const folder = join(home.path, 'keys')
    const keys = await openKeyFiles(folder)
    const first = identityFile()
    await keys.identity.create(first)
    for (const name of ['identity.json.0011.tmp', 'peer.key.0011.tmp']) await writeFile(join(folder, name), 'left', { mode: 0o600 })
    await keys.identity.replace(first, identityFile())
    assert.deepEqual((await readdir(folder)).sort(), ['identity.json', 'identity.json.lock', 'peer.key.0011.tmp'])
  })

  test('an endless key file is reported', async () => {
    await using home = await temporaryHome()
    const keys = await openKeyFiles(join(home.path, 'keys'))
    await keys.identity.create(identityFile())
    await keys.writePeerKey(randomBytes(68))
    await truncate(join(home.path, 'keys', 'identity.json'), LIMITS.identityFileBytes + 1)
    await truncate(join(home.path, 'keys', 'peer.key'), 10_000_000)
    await assert.rejects(keys.identity.read(), (error) => isGgenError(error, 'store-broken'))
    await assert.rejects(keys.readPeerKey(), (error) => isGgenError(error, 'store-broken'))
  })
})

suite('keys that others could read or change are refused', { skip: process.platform === 'win32' }, () => {
  test('a file that is open to the group or to all', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'keys', 'peer.key')
    const keys = await openKeyFiles(join(home.path, 'keys'))
    await keys.writePeerKey(randomBytes(68))
    for (const mode of [0o640, 0o604, 0o620, 0o610]) {
      await chmod(path, mode)
      await assert.rejects(keys.readPeerKey(), insecure(path), mode.toString(8))
    }
    await chmod(path, 0o400)
    assert.equal((await keys.readPeerKey())?.length, 68)
  })

  test('a folder that is open to the group or to all, at every use', async () => {
    await using home = await temporaryHome()
    const folder = join(home.path, 'keys')
    const keys = await openKeyFiles(folder)
    await keys.writePeerKey(randomBytes(68))
    await chmod(folder, 0o750)
    await assert.rejects(openKeyFiles(folder), insecure(folder))
    await assert.rejects(keys.readPeerKey(), insecure(folder))
    await assert.rejects(keys.identity.create(identityFile()), insecure(folder))
    await assert.rejects(keys.identity.replace(identityFile(), identityFile()), insecure(folder))
  })

  test('a symbolic link in the place of the folder or of a file', async () => {
    await using home = await temporaryHome()
    const [real, link] = [join(home.path, 'real'), join(home.path, 'link')]
    const keys = await openKeyFiles(real)
    await symlink(real, link)
    await assert.rejects(openKeyFiles(link), insecure(link))
    await writeFile(join(home.path, 'elsewhere'), randomBytes(68), { mode: 0o600 })
    await symlink(join(home.path, 'elsewhere'), join(real, 'peer.key'))
    await assert.rejects(keys.readPeerKey(), insecure(join(real, 'peer.key')))
    await assert.rejects(keys.writePeerKey(randomBytes(68)), (error) => isGgenError(error, 'conflict'))
  })

  test('a folder, a pipe or a file in a wrong place', async () => {
    await using home = await temporaryHome()
    const folder = join(home.path, 'keys')
    const keys = await openKeyFiles(folder)
    await mkdir(join(folder, 'peer.key'), { mode: 0o700 })
    await assert.rejects(keys.readPeerKey(), insecure(join(folder, 'peer.key')))
    execFileSync('mkfifo', ['-m', '600', join(folder, 'identity.json')])
    await assert.rejects(keys.identity.read(), insecure(join(folder, 'identity.json')))
    await writeFile(join(home.path, 'file'), '', { mode: 0o600 })
    await assert.rejects(openKeyFiles(join(home.path, 'file')), insecure(join(home.path, 'file')))
  })

  test('a folder or file of another user', { skip: !isSuperuser && 'only the superuser can give files away' }, async () => {
    await using home = await temporaryHome()
    const folder = join(home.path, 'keys')
    const keys = await openKeyFiles(folder)
    await keys.writePeerKey(randomBytes(68))
    await chown(join(folder, 'peer.key'), 12_345, 12_345)
    await assert.rejects(keys.readPeerKey(), insecure(join(folder, 'peer.key')))
    await chown(folder, 12_345, 12_345)
    await assert.rejects(openKeyFiles(folder), insecure(folder))
  })
})

test('a secret that may go is erased, and nothing but its lock stays, unless another command came between', async () => {
  await using home = await temporaryHome()
  const folder = join(home.path, 'secrets')
  const file = openSecretFile(folder, 'ticket', 100)
  const [before, other] = [Buffer.from('before'), Buffer.from('other')]
  await file.create(before)
  await assert.rejects(file.erase(other), { code: 'conflict' })
  await file.erase(before)
  assert.equal(await file.read(), undefined)
  assert.deepEqual(await readdir(folder), ['ticket.lock'])
  await assert.rejects(file.erase(before), { code: 'conflict' })
})
