import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import { ByteCursor } from './byte-cursor.ts'
import { EntryContent } from './entry-content.ts'
import { formatPaxPath, parseGnuPath, parsePaxPath } from './tar-extension.ts'
import { formatTarHeader, parseTarHeader, splitTarName, tarPaddingBytes } from './tar-header.ts'

const typed = (action: () => unknown): void => {
  try {
    action()
  } catch (error) {
    assert(error instanceof GgenError, String(error))
  }
}

describe('tar headers', () => {
  it('are read as they were written', () => {
    const segments = fc.array(fc.stringMatching(/^[a-z]{1,60}$/), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(segments, fc.nat(2 ** 33 - 1), fc.boolean(), (parts, sizeBytes, executable) => {
        const path = parts.join('/')
        const fitting = splitTarName(path)
        fc.pre(fitting !== undefined)
        const header = parseTarHeader(formatTarHeader({ ...fitting, type: '0', sizeBytes, executable }))
        assert.deepEqual({ ...header, name: Buffer.from(header.name).toString() }, { name: path, type: '0', sizeBytes, executable })
      }),
    )
  })

  it('hold paths of up to 256 ASCII characters, cut at a slash', () => {
    assert.deepEqual(splitTarName('a'.repeat(100)), { name: 'a'.repeat(100), prefix: '' })
    assert.equal(splitTarName('a'.repeat(101)), undefined)
    assert.deepEqual(splitTarName(`${'p'.repeat(155)}/${'n'.repeat(100)}`), { name: 'n'.repeat(100), prefix: 'p'.repeat(155) })
    assert.equal(splitTarName(`${'p'.repeat(156)}/${'n'.repeat(100)}`), undefined)
    assert.equal(splitTarName('é'), undefined)
  })

  it('say how much fills the last block', () => {
    assert.deepEqual([0, 1, 511, 512, 513].map(tarPaddingBytes), [0, 511, 1, 0, 511])
  })
})

describe('extended headers', () => {
  it('give back the path that was written, whatever its length', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 }), (path) => {
      assert.equal(Buffer.from(parsePaxPath(formatPaxPath(path.toWellFormed())) ?? []).toString(), path.toWellFormed())
    }))
    for (let length = 80; length < 110; length++) assert.equal(parsePaxPath(formatPaxPath('x'.repeat(length)))?.length, length)
  })

  it('give a path or a typed error, whatever they hold', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => typed(() => parsePaxPath(bytes))))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => typed(() => parseGnuPath(bytes))))
    fc.assert(fc.property(fc.nat(30), fc.string(), fc.string(), (length, key, value) => typed(() => parsePaxPath(Buffer.from(`${length} ${key}=${value}\n`)))))
  })

  it('may hold records that change nothing, and no others', () => {
    for (const key of ['mtime', 'comment', 'SCHILY.ino', 'SCHILY.xattr.user.x', 'LIBARCHIVE.creationtime', 'uname']) {
      assert.equal(parsePaxPath(Buffer.from(`${key.length + 6} ${key}=1\n`)), undefined, key)
    }
    for (const key of ['size', 'linkpath', 'GNU.sparse.major', 'charset', 'RHT.security.selinux', '']) {
      assert.throws(() => parsePaxPath(Buffer.from(`${String(key.length + 4)} ${key}=\n`)), (error) => isGgenError(error), key)
    }
  })
})

describe('EntryContent', () => {
  it('ends with the entry and leaves the cursor behind its padding', async () => {
    async function* source(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.concat([Buffer.from('abc'), Buffer.alloc(509), Buffer.from('next')]))
    }
    const cursor = new ByteCursor(source())
    const content = new EntryContent(cursor, 3)
    assert.equal(Buffer.concat(await Array.fromAsync(content)).toString(), 'abc')
    await content.finish()
    assert.equal(Buffer.from(await cursor.take(4)).toString(), 'next')
  })
})
