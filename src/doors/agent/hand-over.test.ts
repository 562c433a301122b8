import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError, LIMITS } from '#core'
import { agentScene } from './agent-scene.conformance.ts'
import { formatHandOver, type HandOver, readHandOver } from './hand-over.ts'

const read = (...texts: readonly string[]): Promise<HandOver> => readHandOver(Readable.from(texts.map((text) => Buffer.from(text))))

describe('a key that is handed over', () => {
  it('arrives as it was, in however many parts', async () => {
    const handOver = (await agentScene()).handOver()
    const text = formatHandOver(handOver)
    assert.deepEqual(await read(text), handOver)
    assert.deepEqual(await read(...text), handOver)
  })

  it('is refused when anything of it is wrong, without a word of it', async () => {
    const good = JSON.parse(formatHandOver((await agentScene()).handOver())) as Record<string, unknown>
    const changes = [
      { seed: 'AAAA' }, { seed: 7 }, { publicKey: 'ed01' }, { identity: 'me' }, { stamp: 7 }, { forMs: 0 },
      { forMs: LIMITS.agentLongestMs + 1 }, { forMs: '1' },
    ]
    const texts = [...changes.map((change) => JSON.stringify({ ...good, ...change })), '', 'null', '7', '{', `${JSON.stringify(good)} ${'x'.repeat(5000)}`]
    for (const text of texts) {
      await assert.rejects(read(text), (error) => isGgenError(error, 'usage') && !JSON.stringify(error).includes(String(good['seed'])), text)
    }
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      await assert.rejects(read(text), (error) => isGgenError(error, 'usage'))
    }))
  })
})
