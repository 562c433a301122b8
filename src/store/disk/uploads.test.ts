import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { NPM_LIMITS } from '#core'
import { temporaryFolder } from '#testing'
import { Uploads } from './uploads.ts'

const BYTES = Buffer.from('an archive')

describe('uploads that wait', () => {
  it('are there after a restart, oldest first, each version once, and nobody else can read them', async () => {
    await using temporary = await temporaryFolder()
    const folder = join(temporary.path, 'uploads')
    const uploads = new Uploads(folder)
    assert.deepEqual(await uploads.list(), [])
    await uploads.put({ name: '@acme/thing', version: '1.1.0', at: 2 }, BYTES)
    const first = await uploads.put({ name: '@acme/thing', version: '1.0.0', at: 1 }, Buffer.from('other'))
    await uploads.put({ name: '@acme/thing', version: '1.1.0', at: 3 }, BYTES)
    const again = await new Uploads(folder).list()
    assert.deepEqual(again.map(({ version, at, sizeBytes }) => [version, at, sizeBytes]), [['1.0.0', 1, 5], ['1.1.0', 3, BYTES.length]])
    assert.deepEqual(readFileSync(again[1]?.path ?? ''), BYTES)
    assert.equal(statSync(first.path).mode & 0o077, 0)
    await uploads.remove(first.id)
    await uploads.remove(first.id)
    assert.deepEqual([(await uploads.list()).length, readdirSync(folder).length], [1, 2])
    await assert.rejects(uploads.remove('../x'), { code: 'usage' })
  })

  it('are not there half, and say what is broken', async () => {
    await using temporary = await temporaryFolder()
    const uploads = new Uploads(temporary.path)
    const { id, path } = await uploads.put({ name: 'tool', version: '1.0.0', at: 1 }, BYTES)
    writeFileSync(join(temporary.path, `.${'a'.repeat(32)}.json`), '{')
    writeFileSync(join(temporary.path, `${'b'.repeat(32)}.tgz`), 'half')
    assert.deepEqual((await uploads.list()).map((one) => one.path), [path])
    writeFileSync(join(temporary.path, `${id}.json`), '{')
    await assert.rejects(uploads.list(), { code: 'store-broken' })
  })

  it('are none while an archive is only lent a file', async () => {
    await using temporary = await temporaryFolder()
    const uploads = new Uploads(join(temporary.path, 'uploads'))
    let path = ''
    {
      await using lent = await uploads.lend(BYTES)
      path = lent.path
      assert.deepEqual([readFileSync(path), await uploads.list(), statSync(path).mode & 0o077], [BYTES, [], 0])
      await using other = await uploads.lend(BYTES)
      assert.notEqual(other.path, path)
    }
    assert.equal(existsSync(path), false)
  })

  it('are so many and no more', async () => {
    await using temporary = await temporaryFolder()
    const uploads = new Uploads(temporary.path)
    const { path } = await uploads.put({ name: 'tool', version: '0.0.0', at: 0 }, BYTES)
    for (let count = 1; count < NPM_LIMITS.uploads; count += 1) {
      writeFileSync(join(temporary.path, `${count.toString(16).padStart(32, '0')}.json`), readFileSync(path.replace(/\.tgz$/, '.json')))
    }
    await assert.rejects(uploads.put({ name: 'tool', version: '1.0.0', at: 0 }, BYTES), { code: 'too-busy' })
    await uploads.put({ name: 'tool', version: '0.0.0', at: 1 }, BYTES)
  })
})
