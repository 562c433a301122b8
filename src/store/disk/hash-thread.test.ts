import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { temporaryFolder, until } from '#testing'
import { HashThread } from './hash-thread.ts'

const MEBIBYTE = 1024 * 1024
const sha512Of = (bytes: Uint8Array): string => createHash('sha512').update(bytes).digest('hex')
const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

describe('a thread that hashes', () => {
  test('follows files that grow, several at a time', async () => {
    await using folder = await temporaryFolder()
    await using thread = new HashThread()
    const files = ['one', 'two'].map((name) => ({ path: join(folder.path, name), bytes: randomBytes(3_000_000) }))
    await Promise.all(
      files.map(async ({ path, bytes }) => {
        const job = thread.begin(path)
        for (const [start, end] of [[0, 10], [10, 2_500_000], [2_500_000, bytes.length]] as const) {
          await appendFile(path, bytes.subarray(start, end))
          await job.hash(end)
        }
        assert.deepEqual(await job.finish(bytes.length), { digest: digestOf(bytes), sha512: sha512Of(bytes), sizeBytes: bytes.length })
      }),
    )
  })

  test('is started for what is large, made ready by what is not small, and then takes that too', async () => {
    await using folder = await temporaryFolder()
    await using thread = new HashThread()
    const [path, bytes] = [join(folder.path, 'file'), randomBytes(2 * MEBIBYTE)]
    await writeFile(path, bytes)
    assert.equal(thread.beginFor(path, 3 * MEBIBYTE), undefined)
    assert.equal(thread.beginFor(path, 5 * MEBIBYTE), undefined, 'it is only on its way')
    const job = await until('it is there', () => thread.beginFor(path, bytes.length))
    await job.hash(bytes.length)
    assert.equal((await job.finish(bytes.length)).digest, digestOf(bytes))
    assert.equal(thread.beginFor(path, MEBIBYTE), undefined)
    await using other = new HashThread()
    assert.notEqual(other.beginFor(path, 16 * MEBIBYTE), undefined)
  })

  test('fails where the file cannot be read, and goes on with others', async () => {
    await using folder = await temporaryFolder()
    await using thread = new HashThread()
    const [path, bytes] = [join(folder.path, 'file'), randomBytes(1000)]
    await writeFile(path, bytes)
    await assert.rejects(thread.begin(join(folder.path, 'missing')).hash(10), { code: 'ENOENT' })
    await assert.rejects(thread.begin(path).hash(1001), /shorter/)
    const dropped = thread.begin(path)
    await dropped.hash(10)
    await dropped.drop()
    await dropped.drop()
    const job = thread.begin(path)
    await job.hash(1000)
    assert.equal((await job.finish(1000)).digest, digestOf(bytes))
  })

  test('leaves nobody waiting when it is ended, and starts again when it is asked again', async () => {
    await using folder = await temporaryFolder()
    const [path, bytes] = [join(folder.path, 'file'), randomBytes(2_000_000)]
    await writeFile(path, bytes)
    await using thread = new HashThread()
    const cut = assert.rejects(thread.begin(path).hash(bytes.length), /ended/)
    await thread[Symbol.asyncDispose]()
    await cut
    const job = thread.begin(path)
    await job.hash(bytes.length)
    assert.equal((await job.finish(bytes.length)).digest, digestOf(bytes))
  })

  test('the end of one that was let go does not disturb the next one', async () => {
    await using folder = await temporaryFolder()
    const [path, bytes] = [join(folder.path, 'file'), randomBytes(3_000_000)]
    await writeFile(path, bytes)
    await using thread = new HashThread()
    await thread.begin(path).hash(10)
    const ending = thread[Symbol.asyncDispose]()
    const job = thread.begin(path)
    await Promise.all([ending, job.hash(bytes.length)])
    assert.equal((await job.finish(bytes.length)).digest, digestOf(bytes))
  })

  test('answers every question of the other side', async () => {
    const worker = new Worker(new URL('./hash-worker.ts', import.meta.url))
    const { promise, resolve } = Promise.withResolvers<unknown>()
    worker.once('message', resolve)
    worker.postMessage({ id: 7, path: '/', verb: 'hash', end: 1 })
    assert.equal((await promise as { id: number }).id, 7)
    await worker.terminate()
  })
})
