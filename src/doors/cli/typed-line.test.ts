import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError } from '#core'
import { TypedLine } from './typed-line.ts'

const typed = (...chunks: readonly string[]): string | undefined => {
  const line = new TypedLine()
  return chunks.map((chunk) => line.take(Buffer.from(chunk))).find((text) => text !== undefined)
}

const cancels = (...chunks: readonly string[]): void => assert.throws(() => typed(...chunks), (error) => isGgenError(error, 'cancelled'))

describe('a typed line', () => {
  it('ends with the enter key, however it came in pieces', () => {
    assert.deepEqual([typed('ab', 'c\r'), typed('abc\n'), typed('\n'), typed('abc')], ['abc', 'abc', '', undefined])
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text)), fc.nat(), (text, cut) => {
      const bytes = Buffer.from(`${text}\r`)
      const line = new TypedLine()
      const at = cut % bytes.length
      assert.equal(line.take(bytes.subarray(0, at)) ?? line.take(bytes.subarray(at)), text)
    }))
  })

  it('is corrected with backspace and Ctrl-U, a whole character at a time', () => {
    assert.equal(typed('abé\u007f\u007fc\r'), 'ac')
    assert.equal(typed('🔑x\b\b\b\by\r'), 'y')
    assert.equal(typed('wrong\u0015right\r'), 'right')
  })

  it('takes no notice of arrows and other keys that are no text', () => {
    assert.equal(typed('a\u001b[Db\u001bOAc\u001b[1;5Cd\u0001\t\r'), 'abcd')
    assert.equal(typed('a\u001b', '[', '3', '~b\r'), 'ab')
    assert.equal(typed('a\u001bxb\r'), 'ab')
  })

  it('is given up with Ctrl-C, and with Ctrl-D where nothing stands', () => {
    cancels('abc\u0003')
    cancels('\u0004')
    cancels('abc\u0015\u0004')
    cancels('\u001b[\u0003')
    assert.equal(typed('abc\u0004'), 'abc')
  })

  it('leaves what was typed after it for the next one', () => {
    const line = new TypedLine()
    const lines = [line.take(Buffer.from('one\rtwo\rthr')), line.take([]), line.take([]), line.take(Buffer.from('ee\n'))]
    assert.deepEqual(lines, ['one', 'two', undefined, 'three'])
  })

  it('is text, and of bounded length', () => {
    assert.throws(() => new TypedLine().take([0xff, 0x0d]), (error) => isGgenError(error, 'usage'))
    assert.equal(typed(`${'x'.repeat(4096)}\r`)?.length, 4096)
    assert.throws(() => typed('x'.repeat(4097)), (error) => isGgenError(error, 'usage'))
  })

  it('makes only coded errors, whatever the keys', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 }), (chunks) => {
      const line = new TypedLine()
      for (const chunk of chunks) {
        try {
          line.take(chunk)
        } catch (error) {
          assert.ok(error instanceof GgenError && (error.code === 'cancelled' || error.code === 'usage'), String(error))
        }
      }
    }))
  })
})
