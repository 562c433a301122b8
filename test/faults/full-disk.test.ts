import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isGgenError, LIMITS } from '#core'
import { controlClient } from '#doors/control'
import { ggen, startNode } from '#testing'
import { startHolder } from './holder.ts'
import { installRight, openScene, untilMet } from './scene.ts'

const never = new AbortController().signal
const SIZE_BYTES = 14_000_000
/** So that there is time to fill the disk meanwhile. */
const SLOW = { lie: { kind: 'slow', bytesPerSecond: 4_000_000 } } as const
/** What blobs leave free, and room for the package. */
const DISK_BYTES = LIMITS.diskReserveBytes + 64 * 1024 * 1024

/** Makes a folder a disk of its own; false, and the test skipped, where nobody may. */
const mountSmallDisk = (context: TestContext, path: string, cleanup: AsyncDisposableStack): boolean => {
  mkdirSync(path)
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES},mode=700`, 'tmpfs', path], { stdio: 'ignore' })
  if (status !== 0) {
    context.skip('mounting a small disk needs the superuser on Linux')
    return false
  }
  cleanup.defer(() => assert.equal(spawnSync('umount', [path]).status, 0, 'the small disk is still in use'))
  return true
}

/** Writes until nothing more fits, whatever the node takes meanwhile; resolves to what gives it back. */
const fillUp = (folder: string): (() => void) => {
  const ballast = join(folder, 'ballast')
  const { status, stderr } = spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k'], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
  assert.ok(status !== 0 && stderr.includes('No space left'), stderr)
  return () => rmSync(ballast)
}

test('a disk that becomes full in the middle: disk-full, nothing of it is visible, and with room it goes on', async (context) => {
  await using cleanup = new AsyncDisposableStack()
  const scene = cleanup.use(await openScene({ sizesBytes: [SIZE_BYTES] }))
  const [package_] = scene.packages
  assert.ok(package_)
  if (!mountSmallDisk(context, join(scene.folder, 'small'), cleanup)) return
  const home = await scene.newcomer('small')
  const node = cleanup.use(await startNode({ home }))
  const holder = cleanup.use(await startHolder({ files: package_.files, dial: node.addresses }, SLOW))
  await untilMet(node, [holder])

  const client = controlClient(join(home, 'ggen.sock'))
  let makeRoom: (() => void) | undefined
  const fetching = client.fetch({ spec: package_.name }, never, ({ receivedBytes }) => {
    if (receivedBytes > SIZE_BYTES / 4) makeRoom ??= fillUp(home)
  })
  await assert.rejects(fetching, (error) => isGgenError(error, 'disk-full'))
  assert.ok(makeRoom, 'it had begun')
  const refused = await ggen(home, 'install', package_.name, '--dir', `${home}-project`, '--json')
  assert.deepEqual([refused.code, refused.json<{ error: { code: string } }>().error.code], [10, 'disk-full'], refused.stdout)
  assert.ok(!existsSync(join(`${home}-project`, 'ggen_packages')), 'no files in the project')
  await assert.rejects(Array.fromAsync(client.readBlob(package_.digest, never)), (error) => isGgenError(error, 'blob-not-found'))
  assert.equal((await client.sources(package_.name, never)).origin, 'none')

  makeRoom()
  const { resumedBytes, sources } = await installRight(home, package_)
  assert.equal(resumedBytes + sources.reduce((sum, { bytes }) => sum + bytes, 0), package_.sizeBytes)
  context.diagnostic(`${resumedBytes} of ${package_.sizeBytes} bytes were kept when the disk was full`)
})
