import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, link, lstat, mkdir, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type ErrorCode, GgenError, isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { claimSocket } from './claim-socket.ts'

const taken = (): GgenError => new GgenError('daemon-already-running', 'somebody answers there')

const claims = (socketPath: string): Promise<void> => claimSocket(createServer(), socketPath, taken)
const refuses = (socketPath: string, code: ErrorCode): Promise<void> => assert.rejects(claims(socketPath), (error) => isGgenError(error, code))

const listening = async (path: string): Promise<Server> => {
  const server = createServer().listen(path)
  await once(server, 'listening')
  return server
}

describe('claimSocket', () => {
  it('listens on a socket that only this user can open, in a folder of its own', async () => {
    await using folder = await temporaryFolder()
    const home = join(folder.path, 'new', 'home')
    const server = createServer()
    await claimSocket(server, join(home, 's'), taken)
    assert.equal((await lstat(join(home, 's'))).mode & 0o777, 0o600)
    assert.equal((await lstat(home)).mode & 0o777, 0o700)
    server.close()
    await once(server, 'close')
    await assert.rejects(lstat(join(home, 's')), { code: 'ENOENT' })
  })

  it('leaves the file mask as it was', async () => {
    await using folder = await temporaryFolder()
    const before = process.umask()
    const server = createServer()
    await claimSocket(server, join(folder.path, 's'), taken)
    assert.equal(process.umask(), before)
    server.close()
  })

  it('replaces a socket that nobody answers on, and no other', async () => {
    await using folder = await temporaryFolder()
    const first = await listening(join(folder.path, 'first'))
    await link(join(folder.path, 'first'), join(folder.path, 'stale'))
    first.close()
    const server = createServer()
    await claimSocket(server, join(folder.path, 'stale'), taken)
    await refuses(join(folder.path, 'stale'), 'daemon-already-running')
    assert.ok((await lstat(join(folder.path, 'stale'))).isSocket())
    server.close()
  })

  it('does not touch what is not a socket', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 's'), 'precious')
    await refuses(join(folder.path, 's'), 'store-broken')
    assert.ok((await lstat(join(folder.path, 's'))).isFile())
    await refuses(join(folder.path, 's', 'below'), 'store-broken')
  })

  it('refuses a folder in which others can write', async () => {
    await using folder = await temporaryFolder()
    const open = join(folder.path, 'open')
    await mkdir(open)
    await chmod(open, 0o770)
    await refuses(join(open, 's'), 'home-insecure')
    await chmod(open, 0o755)
    const server = createServer()
    await claimSocket(server, join(open, 's'), taken)
    server.close()
  })

  it('says store-broken when the path cannot be bound', async () => {
    await using folder = await temporaryFolder()
    await refuses(join(folder.path, 'x'.repeat(200)), 'store-broken')
  })
})
