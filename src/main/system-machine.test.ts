import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '#testing'
import { systemMachine } from './system-machine.ts'

const unix = { skip: process.platform === 'win32' && 'Windows keeps its permissions elsewhere' }

describe('the machine', () => {
  it('lists a home with all that is in it, and follows no links', unix, async () => {
    await using folder = await temporaryFolder()
    const home = join(folder.path, 'home')
    await mkdir(join(home, 'keys'), { recursive: true, mode: 0o700 })
    await writeFile(join(home, 'keys', 'peer.key'), 'x', { mode: 0o600 })
    await writeFile(join(home, 'open'), 'x'.repeat(5000))
    await chmod(join(home, 'open'), 0o664)
    await symlink(folder.path, join(home, 'link'))
    const listing = await systemMachine.list(home, 100)
    assert.equal(listing?.isWhole, true)
    const seen = Object.fromEntries(listing.files.map(({ path, kind, mode }) => [path, `${kind} ${mode.toString(8)}`]))
    const expected = { '.': 'folder 700', keys: 'folder 700', 'keys/peer.key': 'file 600', open: 'file 664', link: 'link' }
    assert.deepEqual({ ...seen, link: seen['link']?.split(' ')[0] }, expected)
    assert.ok(listing.files.every(({ owner, changedMs }) => owner === process.getuid?.() && changedMs > 0 && changedMs <= systemMachine.now() + 60_000))
    assert.ok((listing.files.find(({ path }) => path === 'open')?.bytes ?? 0) >= 5000)
    assert.deepEqual([(await systemMachine.list(home, 3))?.files.length, (await systemMachine.list(home, 3))?.isWhole], [3, false])
    assert.equal(await systemMachine.list(join(home, 'nowhere'), 3), undefined)
  })

  it('says which folders are closed', { skip: process.getuid?.() === 0 && 'nothing is closed to root' }, async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'shut'), { mode: 0 })
    assert.deepEqual((await systemMachine.list(folder.path, 9))?.files.map(({ kind }) => kind), ['folder', 'closed'])
    await chmod(join(folder.path, 'shut'), 0o700)
  })

  it('knows the room on the disk, also of a folder that is not there yet', async () => {
    await using folder = await temporaryFolder()
    const there = await systemMachine.room(folder.path)
    assert.ok(there !== undefined && there.totalBytes > 0 && there.freeBytes <= there.totalBytes)
    assert.equal((await systemMachine.room(join(folder.path, 'a', 'b')))?.totalBytes, there.totalBytes)
  })

  it('tries ports without keeping them', async () => {
    const server = createServer().listen({ host: '127.0.0.1', port: 0 })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    assert.equal(await systemMachine.tryPort({ host: '127.0.0.1', port }), 'taken')
    server.close()
    await once(server, 'close')
    for (let time = 0; time < 2; time += 1) assert.equal(await systemMachine.tryPort({ host: '127.0.0.1', port }), 'free')
    assert.equal(await systemMachine.tryPort({ host: '192.0.2.1', port }), 'elsewhere')
  })
})
