import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { isGgenError, LIMITS } from '#core'
import type { PackFile } from './archive-entry.ts'
import { packArchive } from './pack-archive.ts'

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from(text))
}

const file = (path: string, text = 'x', more: Partial<PackFile> = {}): PackFile => ({
  path,
  executable: false,
  sizeBytes: Buffer.byteLength(text),
  content: () => once(text),
  ...more,
})

const pack = async (...files: readonly PackFile[]): Promise<Buffer> => Buffer.concat(await Array.fromAsync(packArchive(files)))

describe('packArchive', () => {
  it('sorts by bytes, below package/, without time, owner or other rights', async () => {
    const tar = gunzipSync(await pack(file('b'), file('é'), file('Z'), file('a/x', 'run', { executable: true }), file('a-b')))
    const names = ['package/Z', 'package/a-b', 'package/a/x', 'package/b', 'PaxHeader', 'package/_'].map((name) => Buffer.from(`${name}\0`))
    const places = names.map((name) => tar.indexOf(name))
    assert.deepEqual(places, places.toSorted((one, other) => one - other))
    assert(!places.includes(-1))
    const executable = places[2] ?? 0
    assert.equal(tar.toString('latin1', executable + 100, executable + 148), '0000755\x000000000\x000000000\x0000000000003\x0000000000000\0')
    assert.equal(tar.toString('latin1', 100, 108), '0000644\0')
  })

  it('gives the same tar file on every machine', async () => {
    const tar = gunzipSync(await pack(file('package.json', '{"name":"a","version":"1.0.0"}'), file('日本/標準.ttl', 'x'.repeat(1000))))
    assert.equal(createHash('sha256').update(tar).digest('hex'), 'f321086d61283b7f6cb54376df43993478edfe0d207bf005453acefcf8e64ab3')
  })

  it('refuses unsafe and colliding paths before it opens a file', async () => {
    const closed = (path: string): PackFile => file(path, 'x', { content: () => assert.fail('opened') })
    await assert.rejects(pack(closed('a'), closed('../b')), (error) => isGgenError(error, 'archive-unsafe') && error.details['rule'] === 'parent')
    await assert.rejects(pack(closed('a'), closed('A')), (error) => isGgenError(error, 'archive-unsafe') && error.details['rule'] === 'collision')
    const large = file('a', 'x', { sizeBytes: LIMITS.unpackedBytes, content: () => assert.fail('opened') })
    await assert.rejects(pack(large, closed('b')), (error) => isGgenError(error, 'archive-too-large'))
  })

  it('refuses a file that grew or shrank since it was listed', async () => {
    for (const sizeBytes of [0, 2, 3000]) {
      await assert.rejects(pack(file('a', 'x', { sizeBytes })), (error) => isGgenError(error, 'archive-broken') && error.message.includes('"a" changed'))
    }
  })

  it('takes files as they come', async () => {
    async function* coming(): AsyncGenerator<PackFile> {
      yield await Promise.resolve(file('b'))
      yield file('a')
    }
    assert.deepEqual(Buffer.concat(await Array.fromAsync(packArchive(coming()))), await pack(file('a'), file('b')))
  })
})
