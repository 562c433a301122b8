import assert from 'node:assert/strict'
import { test } from 'node:test'
import { digestOf } from '#core'
import { MemoryPartialBlob } from './memory-partial-blob.ts'

test('its owner hears once how it ended', async () => {
  const content = Buffer.from('content')
  const endings: string[] = []
  const open = (isResumed: boolean): MemoryPartialBlob => new MemoryPartialBlob({
    digest: digestOf(content), bytes: new Uint8Array(content.length), isResumed, assertOpen: () => undefined, ended: (how) => endings.push(how),
  })
  {
    await using sealed = open(false)
    await sealed.write(0, [content])
    await sealed.seal()
    await sealed.discard()
  }
  {
    await using _empty = open(false)
  }
  {
    await using _empty = open(true)
  }
  {
    await using begun = open(false)
    await begun.write(3, [content.subarray(3)])
  }
  assert.deepEqual(endings, ['sealed', 'discarded', 'closed', 'closed'])
})
