import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, NPM_LIMITS } from '#core'
import { Passage } from './passage.ts'

const going = new AbortController().signal
const bytes = (...chunks: readonly Uint8Array[]): string => Buffer.concat(chunks).toString('hex')
const collect = async (passage: Passage): Promise<string> => bytes(...(await Array.fromAsync(passage.read(going))))

describe('Passage', () => {
  it('gives every reader everything in order, whenever it comes', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 12 }), fc.nat(12), async (chunks, joinAt) => {
      const passage = new Passage()
      const readers = [collect(passage)]
      for (const [place, chunk] of chunks.entries()) {
        if (place === joinAt) readers.push(collect(passage))
        await passage.push(chunk, going)
      }
      passage.end()
      readers.push(collect(passage))
      for (const read of await Promise.all(readers)) assert.equal(read, bytes(...chunks))
    }))
  })

  it('holds the last chunk back until all is known to be right', async () => {
    const passage = new Passage()
    const seen: number[] = []
    const reading = (async () => {
      for await (const chunk of passage.read(going)) seen.push(chunk[0] ?? -1)
    })()
    await passage.push(Uint8Array.of(1), going)
    await passage.push(Uint8Array.of(2), going)
    await passage.begun(going)
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(seen, [1])
    passage.fail(new GgenError('integrity', 'wrong'))
    await assert.rejects(reading, /wrong/)
    assert.deepEqual(seen, [1])
  })

  it('says at once what is wrong where nothing was handed on yet', async () => {
    const passage = new Passage()
    await passage.push(Uint8Array.of(1), going)
    const begun = passage.begun(going)
    passage.fail(new GgenError('integrity', 'wrong'))
    await assert.rejects(begun, /wrong/)
  })

  it('keeps no more than its room while a reader is slow, and lets go what all have read', async () => {
    const passage = new Passage()
    const quarter = new Uint8Array(NPM_LIMITS.passingBytes / 4)
    const reader = passage.read(going)
    const first = reader.next()
    for (let count = 0; count < 4; count += 1) await passage.push(quarter, going)
    assert.equal((await first).value?.length, quarter.length)
    const pushing = passage.push(quarter, going)
    for (let count = 0; count < 2; count += 1) await reader.next()
    await pushing
    assert.equal(passage.isWhole, false)
    await assert.rejects(passage.read(going).next(), /have passed/)
    passage.end()
    let rest = 0
    for await (const chunk of { [Symbol.asyncIterator]: () => reader }) rest += chunk.length
    assert.equal(rest, 2 * quarter.length)
  })
})
