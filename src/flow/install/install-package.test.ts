import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { packArchive, type PackFile } from '#archive'
import { type ErrorCode, Fingerprinter, GgenError, type IdentityId, isGgenError, type PackageName, type Version } from '#core'
import { installPackage } from './install-package.ts'
import type { StagedFolder } from './install-target.ts'
import { parseLock } from './parse-lock.ts'
import { memoryTarget, type MemoryTarget } from './memory-target.ts'
import { SignedBytes } from './signed-bytes.ts'
import { unpack } from './unpack.ts'
import type { VouchedRelease, VerifiedArchive } from './verified-archive.ts'

const { signal } = new AbortController()
const IDENTITY = `bafyrei${'a'.repeat(52)}` as IdentityId

async function* inChunks(bytes: Uint8Array, chunkBytes = 100): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield await Promise.resolve(bytes.subarray(start, start + chunkBytes))
}

const pack = async (files: Readonly<Record<string, string>>): Promise<Buffer> => {
  const packFile = ([path, text]: readonly [string, string]): PackFile => ({
    path,
    executable: path.startsWith('bin/'),
    sizeBytes: Buffer.byteLength(text),
    content: () => inChunks(Buffer.from(text)),
  })
  return Buffer.concat(await Array.fromAsync(packArchive(Object.entries(files).map(packFile))))
}

const signed = (name: string, version: string, bytes: Uint8Array): VouchedRelease => {
  const fingerprinter = new Fingerprinter()
  fingerprinter.update(bytes)
  return { name: name as PackageName, version: version as Version, identity: IDENTITY, ...fingerprinter.finish() }
}

const verified = (name: string, version: string, bytes: Uint8Array): VerifiedArchive => ({ release: signed(name, version, bytes), chunks: inChunks(bytes) })

const packageOf = async (name: string, version = '1.0.0', more: Readonly<Record<string, string>> = {}): Promise<VerifiedArchive> =>
  verified(name, version, await pack({ 'package.json': JSON.stringify({ name, version }), ...more }))

const refusesAndKeeps = async (target: MemoryTarget, archive: VerifiedArchive, code: ErrorCode): Promise<GgenError> => {
  const before = [[...target.files], target.lock]
  const error = await installPackage(archive, target, signal).then(() => assert.fail('installed'), (fault: unknown) => fault)
  assert(error instanceof GgenError, String(error))
  assert.equal(error.code, code, error.message)
  assert.deepEqual([[...target.files], target.lock], before)
  await installPackage(await packageOf('after'), memoryTarget(), signal)
  return error
}

describe('installPackage', () => {
  it('makes files of an archive and names it in the lock', async () => {
    const target = memoryTarget()
    const archive = await packageOf('@x/a', '1.0.0', { 'bin/run': '#!', 'lib/é': 'text' })
    await installPackage(archive, target, signal)
    const files = Object.fromEntries([...target.files].map(([path, file]) => [path, `${Buffer.from(file.content).toString()}${file.executable ? '*' : ''}`]))
    assert.deepEqual(files, { '@x/a/package.json': '{"name":"@x/a","version":"1.0.0"}', '@x/a/bin/run': '#!*', '@x/a/lib/é': 'text' })
    assert.deepEqual(parseLock(target.lock ?? ''), [{ ...archive.release, wanted: '^1.0.0', dependencies: [] }])
  })

  it('replaces another version as a whole and keeps what else the lock names', async () => {
    const target = memoryTarget()
    await installPackage(await packageOf('a', '1.0.0', { old: '' }), target, signal)
    await installPackage(await packageOf('b'), target, signal)
    await installPackage(await packageOf('a', '2.0.0', { new: '' }), target, signal)
    assert.deepEqual([...target.files.keys()].toSorted(), ['a/new', 'a/package.json', 'b/package.json'])
    assert.deepEqual(parseLock(target.lock ?? '').map(({ name, version }) => `${name} ${version}`), ['a 2.0.0', 'b 1.0.0'])
  })

  it('refuses other bytes than were signed, and keeps nothing of them', async () => {
    const target = memoryTarget()
    const bytes = await pack({ 'package.json': '{"name":"a","version":"1.0.0"}' })
    const other = await pack({ 'package.json': '{"name":"a","version":"1.0.0","description":"evil"}' })
    const longer = Buffer.concat([bytes, Buffer.from('x')])
    for (const arriving of [other, longer, bytes.subarray(0, -1), new Uint8Array(0)]) {
      await refusesAndKeeps(target, { release: signed('a', '1.0.0', bytes), chunks: inChunks(arriving) }, 'integrity')
    }
    const release = signed('a', '1.0.0', bytes)
    const { sha512, digest } = signed('a', '1.0.0', other)
    for (const wrong of [{ sha512 }, { digest }, { sizeBytes: bytes.length + 1 }]) {
      await refusesAndKeeps(target, { release: { ...release, ...wrong }, chunks: inChunks(bytes) }, 'integrity')
    }
  })

  it('refuses any byte that changed on the way as integrity, whatever it breaks', async () => {
    const bytes = await pack({ 'package.json': '{"name":"a","version":"1.0.0"}', 'lib/a': 'x'.repeat(500) })
    const target = memoryTarget()
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
        const arriving = Uint8Array.from(bytes)
        arriving[place] = (arriving[place] ?? 0) ^ change
        await refusesAndKeeps(target, { release: signed('a', '1.0.0', bytes), chunks: inChunks(arriving) }, 'integrity')
      }),
      { numRuns: 300 },
    )
  })

  it('refuses every hostile archive, even with a right signature', async () => {
    const text = readFileSync(new URL('../../../vectors/archives/hostile.json', import.meta.url), 'utf8')
    const vectors = JSON.parse(text) as { code: ErrorCode; archive: string }[]
    assert(vectors.length > 80)
    for (const { code, archive } of vectors) await refusesAndKeeps(memoryTarget(), verified('a', '1.0.0', Buffer.from(archive, 'base64')), code)
  })

  it('refuses an archive that says it is something else, or nothing', async () => {
    const target = memoryTarget()
    for (const text of ['{"name":"b","version":"1.0.0"}', '{"name":"a","version":"1.0.1"}', '{"name":"A","version":"1.0.0"}', '{']) {
      await refusesAndKeeps(target, verified('a', '1.0.0', await pack({ 'package.json': text })), 'integrity')
    }
    await refusesAndKeeps(target, verified('a', '1.0.0', await pack({ 'lib/package.json': '{"name":"a","version":"1.0.0"}' })), 'integrity')
  })

  it('does not touch a folder that ggen did not install', async () => {
    const target = memoryTarget()
    target.files.set('a/mine', { executable: false, content: Buffer.from('by hand') })
    const error = await refusesAndKeeps(target, await packageOf('a'), 'install-blocked')
    assert.match(error.message, /ggen_packages\/a is there, but ggen did not install it/)
  })

  it('does not put one package inside another', async () => {
    const outer = memoryTarget()
    await installPackage(await packageOf('a'), outer, signal)
    await refusesAndKeeps(outer, await packageOf('a/b'), 'install-blocked')
    const inner = memoryTarget()
    await installPackage(await packageOf('a/b'), inner, signal)
    await refusesAndKeeps(inner, await packageOf('a'), 'install-blocked')
    await installPackage(await packageOf('a/c'), inner, signal)
    await installPackage(await packageOf('ab'), inner, signal)
  })

  it('does not overwrite a lock that it cannot read', async () => {
    const target = memoryTarget()
    target.lock = '[packs.x]\nsource = "path:x"\n'
    await refusesAndKeeps(target, await packageOf('a'), 'lock-invalid')
  })

  it('passes on what the source throws, and leaves nothing', async () => {
    const target = memoryTarget()
    const { release } = await packageOf('a')
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Uint8Array.of(0x1f))
      throw new GgenError('blob-not-found', 'gone')
    }
    await refusesAndKeeps(target, { release, chunks: failing() }, 'blob-not-found')
  })

  it('stops with the reason of its signal', async () => {
    const target = memoryTarget()
    await assert.rejects(installPackage(await packageOf('a'), target, AbortSignal.abort(new Error('enough'))), /enough/)
    assert.equal(target.files.size, 0)
  })

  it('tells the source to stop', async () => {
    let closed = false
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(new Uint8Array(1000))
      } finally {
        closed = true
      }
    }
    await refusesAndKeeps(memoryTarget(), { release: (await packageOf('a')).release, chunks: endless() }, 'integrity')
    assert(closed)
  })
})

describe('SignedBytes', () => {
  it('can be read in part and checked as a whole', async () => {
    const bytes = await pack({ a: 'x' })
    const source = new SignedBytes(verified('a', '1.0.0', bytes))
    for await (const chunk of source.read()) {
      assert(chunk.length > 0)
      break
    }
    await source.check()
  })
})

describe('unpack', () => {
  it('refuses an unsafe path whoever says that it is safe', async () => {
    async function* entries() {
      yield await Promise.resolve({ path: '../escape', kind: 'file', executable: false, sizeBytes: 1, content: inChunks(Buffer.from('x')) } as const)
    }
    const folder: StagedFolder = {
      makeFolder: () => assert.fail('made'),
      writeFile: () => assert.fail('written'),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
    await assert.rejects(unpack(entries(), folder, signal), (error) => isGgenError(error, 'archive-unsafe'))
  })
})
