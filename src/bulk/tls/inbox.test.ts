import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { BufferPool, LIMITS } from '#core'
import { seeded } from '#testing'
import { Inbox } from './inbox.ts'

const headOf = (length: number): Buffer => Buffer.from(`HTTP/1.1 206 Partial Content\r\ncontent-length: ${length}\r\n\r\n`)
const bytesOf = (length: number): Uint8Array => seeded(`inbox ${length}`).bytes(length)
const take = () => undefined

/** Where the next bytes go: a connection asks as soon as the last ones are there, long before the next come. */
const spaces = new WeakMap<Inbox, Uint8Array>()

/** Writes as the connection does; whether more may come. */
const write = (inbox: Inbox, bytes: Uint8Array): boolean => {
  let goesOn = true
  for (let at = 0; at < bytes.length && !inbox.isOver; ) {
    const space = spaces.get(inbox) ?? inbox.space()
    assert.ok(space.length > 0, 'there is always space while it is not over')
    const part = bytes.subarray(at, at + space.length)
    space.set(part)
    goesOn = inbox.filled(part.length)
    spaces.set(inbox, inbox.space())
    at += part.length
  }
  return goesOn
}

const readAll = async (inbox: Inbox): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  for (let chunk = await inbox.next(); chunk !== undefined; chunk = await inbox.next()) {
    assert.ok(chunk.length > 0 && chunk.length <= LIMITS.pieceBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

describe('an answer as it comes', () => {
  test('is the same bytes, however they are cut on their way', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 20 })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 900_000 }), cuts, async (length, sizes) => {
        const body = bytesOf(length)
        const all = Buffer.concat([headOf(length), body])
        const inbox = new Inbox(take, take, new BufferPool(LIMITS.lotBytes, 4))
        const reading = readAll(inbox)
        for (let at = 0, turn = 0; at < all.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          write(inbox, all.subarray(at, at + size))
          at += size
          if (turn % 3 === 0) await Promise.resolve()
        }
        assert.ok(Buffer.from(await reading).equals(body))
        assert.ok(inbox.isClean)
      }),
      { numRuns: 50 },
    )
  })

  test('reaches a waiting reader before a lot is full', async () => {
    const inbox = new Inbox(take, take, new BufferPool(LIMITS.lotBytes, 4))
    write(inbox, headOf(1_000_000))
    const next = inbox.next()
    write(inbox, Buffer.from('hello'))
    assert.equal(Buffer.from((await next) ?? []).toString(), 'hello')
    write(inbox, Buffer.from('again'))
    assert.equal(Buffer.from((await inbox.next()) ?? []).toString(), 'again', 'also when it came first')
  })

  test('gives chunks that stay as they are', async () => {
    const inbox = new Inbox(take, take, new BufferPool(LIMITS.lotBytes, 4))
    const body = bytesOf(2_000_000)
    write(inbox, headOf(body.length))
    const chunks: Uint8Array[] = []
    for (let at = 0; at < body.length; at += 100_000) {
      const next = inbox.next()
      write(inbox, body.subarray(at, at + 100_000))
      chunks.push((await next) ?? assert.fail())
    }
    for (let rest = await inbox.next(); rest !== undefined; rest = await inbox.next()) chunks.push(rest)
    assert.ok(Buffer.concat(chunks).equals(body))
    const whole = chunks.filter(({ length, buffer }) => length === buffer.byteLength)
    assert.equal(new Set(whole.map(({ buffer }) => buffer)).size, whole.length, 'what fills its memory has it alone')
  })

  test('holds the peer back while nobody reads, and lets it go on when there is room', async () => {
    let resumed = 0
    const inbox = new Inbox(take, () => void resumed++, new BufferPool(LIMITS.lotBytes, 4))
    const body = bytesOf(4 * LIMITS.pieceBytes)
    write(inbox, headOf(body.length))
    let sent = 0
    while (write(inbox, body.subarray(sent, sent + 16_384))) sent += 16_384
    sent += 16_384
    assert.ok(sent <= 1.3 * LIMITS.pieceBytes, `${sent} bytes were taken`)
    assert.equal(resumed, 0)
    for (let chunk = 0; chunk < 2; chunk++) await inbox.next()
    assert.equal(resumed, 1)
  })

  test('is over when it is complete; what follows makes the connection useless', async () => {
    const inbox = new Inbox(take, take, new BufferPool(LIMITS.lotBytes, 4))
    write(inbox, Buffer.concat([headOf(5), Buffer.from('hello, and more')]))
    assert.equal(Buffer.from(await readAll(inbox)).toString(), 'hello')
    assert.deepEqual([inbox.isOver, inbox.isClean], [true, false])
    const closing = new Inbox(take, take, new BufferPool(LIMITS.lotBytes, 4))
    write(closing, Buffer.from('HTTP/1.1 206 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n'))
    assert.deepEqual([await closing.next(), closing.isClean], [undefined, false])
  })

  test('a refusal leaves the connection useful when nothing follows', async () => {
    const refuse = (): never => {
      throw new Error('another range')
    }
    for (const [length, isClean] of [[0, true], [5, false]] as const) {
      const inbox = new Inbox(refuse, take, new BufferPool(LIMITS.lotBytes, 4))
      write(inbox, headOf(length))
      await assert.rejects(inbox.next(), /another range/)
      assert.deepEqual([inbox.isOver, inbox.isClean], [true, isClean])
    }
  })

  test('that breaks off gives what came whole, then the reason; also to one who waits', async () => {
    const inbox = new Inbox(take, take, new BufferPool(LIMITS.lotBytes, 4))
    const body = bytesOf(600_000)
    write(inbox, headOf(1_000_000))
    write(inbox, body)
    inbox.broke(new Error('cut'))
    inbox.broke(new Error('later'))
    assert.ok(body.subarray(0, 262_144).every((byte, at) => byte === body[at]))
    assert.equal((await inbox.next())?.length, 262_144)
    assert.equal((await inbox.next())?.length, 262_144)
    await assert.rejects(inbox.next(), /cut/)
    const other = new Inbox(take, take, new BufferPool(LIMITS.lotBytes, 4))
    const waiting = other.next()
    other.broke(new Error('gone'))
    await assert.rejects(waiting, /gone/)
    assert.ok(!other.hasBegun)
  })
})
