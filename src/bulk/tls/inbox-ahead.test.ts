import { BufferPool, LIMITS } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seeded } from '#testing'
import { Inbox } from './inbox.ts'

const LENGTH = 700_000
const PART_BYTES = 50_000
const take = (): undefined => undefined

test('bytes stay where they belong when a reader gets a part of a lot after the place of the next bytes was asked for', async () => {
  const content = seeded('inbox ahead').bytes(LENGTH)
  const inbox = new Inbox(take, take, new BufferPool(LIMITS.lotBytes, 4))
  const head = Buffer.from(`HTTP/1.1 206 Partial Content\r\ncontent-length: ${LENGTH}\r\n\r\n`)
  inbox.space().set(head)
  inbox.filled(head.length)
  const got: Uint8Array[] = []
  // Node asks for the next place right after each reading, long before there is something to put into it.
  let space = inbox.space()
  for (let at = 0; at < LENGTH; ) {
    const part = content.subarray(at, at + Math.min(PART_BYTES, space.length))
    space.set(part)
    inbox.filled(part.length)
    at += part.length
    if (at < LENGTH) space = inbox.space()
    const chunk = await inbox.next()
    assert.ok(chunk)
    got.push(chunk)
  }
  assert.ok(Buffer.concat(got).equals(content))
  assert.equal(await inbox.next(), undefined)
})
