import assert from 'node:assert/strict'
import { mkdir, mkdtempDisposable, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { type Anchor, isGgenError, LIMITS, parseMultiaddr } from '#core'
import { knownPeer } from '#testing'
import { openAnchorFile } from './anchor-file.ts'
import { nodeFileSystem } from './file-system.ts'

const temporaryHome = (): ReturnType<typeof mkdtempDisposable> => mkdtempDisposable(join(tmpdir(), 'ggen-anchors-'))

const anchorAt = (index: number): Anchor =>
  ({ peer: knownPeer(`anchor ${index}`).id, address: parseMultiaddr(`/ip4/8.${index}.0.1/tcp/4001`), since: 1000, seen: 2000 + index })

suite('the file of anchors', () => {
  test('anchors come back as they were written, for nobody else to read, and nothing else remains', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'anchors.json')
    assert.deepEqual(await openAnchorFile(path).read(), [])
    const many = Array.from({ length: LIMITS.knownAnchors }, (_, index) => anchorAt(index))
    for (const anchors of [[anchorAt(1)], many, []]) {
      await openAnchorFile(path).write(anchors)
      assert.deepEqual(await openAnchorFile(path).read(), anchors)
    }
    await openAnchorFile(path).write([...many, anchorAt(LIMITS.knownAnchors)])
    assert.deepEqual(await openAnchorFile(path).read(), many)
    assert.deepEqual([await readdir(home.path), (await stat(path)).mode & 0o777], [['anchors.json'], 0o600])
  })

  test('when writing fails at any step, the old ones are still there', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'anchors.json')
    await openAnchorFile(path).write([anchorAt(1)])
    const full = (): Promise<never> => Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC', syscall: 'write' }))
    const open: typeof nodeFileSystem.open = async (...args) => Object.assign(await nodeFileSystem.open(...args), { sync: full })
    for (const broken of [{ open: full }, { open }, { rename: full }]) {
      await assert.rejects(openAnchorFile(path, { ...nodeFileSystem, ...broken }).write([anchorAt(2)]), (error) => isGgenError(error, 'disk-full'))
      assert.deepEqual(await openAnchorFile(path).read(), [anchorAt(1)])
    }
  })

  test('what is no file of anchors is said to be none', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'anchors.json')
    const broken: unknown[] = [{}, null, 1, [null], [[]], [{}], [{ ...anchorAt(1), more: 1 }], [{ ...anchorAt(1), since: -1 }], [{ ...anchorAt(1), peer: 'x' }],
      [{ ...anchorAt(1), address: 'x' }], [{ ...anchorAt(1), seen: '1' }], Array.from({ length: LIMITS.knownAnchors + 1 }, () => anchorAt(1))]
    for (const text of ['', '{', '[', `[]${' '.repeat(100_000)}`, ...broken.map((value) => JSON.stringify(value))]) {
      await writeFile(path, text)
      await assert.rejects(openAnchorFile(path).read(), (error) => isGgenError(error, 'store-broken') && error.message.includes(path), text.slice(0, 80))
    }
    const folder = join(home.path, 'folder')
    await mkdir(folder)
    await assert.rejects(openAnchorFile(folder).read(), (error) => isGgenError(error, 'store-broken'))
  })

  test('any bytes are anchors or a coded error', async () => {
    await using home = await temporaryHome()
    const path = join(home.path, 'anchors.json')
    const field = fc.oneof(fc.nat(), fc.constant(null), fc.double(), fc.string(), fc.constant(anchorAt(1).peer), fc.constant(anchorAt(1).address))
    const anchors = fc.array(fc.dictionary(fc.constantFrom('peer', 'address', 'since', 'seen', '__proto__'), field))
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array(), anchors.map((value) => JSON.stringify(value))), async (content) => {
      await writeFile(path, content)
      try {
        for (const { since, seen } of await openAnchorFile(path).read()) assert(since >= 0 && seen >= 0)
      } catch (error) {
        assert(isGgenError(error, 'store-broken'), String(error))
      }
    }), { numRuns: 200 })
  })
})
