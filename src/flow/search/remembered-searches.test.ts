import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { TestClock } from '#testing'
import { parseQuery } from './parse-query.ts'
import { RememberedSearches } from './remembered-searches.ts'
import type { PeerAnswers } from './search-peers.ts'

const query = (word: string): ReturnType<typeof parseQuery> => parseQuery({ words: [word] })

const scene = (): { readonly clock: TestClock; readonly ask: (word: string, answers?: PeerAnswers) => Promise<boolean> } => {
  const clock = new TestClock()
  const remembered = new RememberedSearches(clock)
  return { clock, ask: async (word, answers = { asked: 2, answered: 2 }) => (await remembered.ask(query(word), async () => answers)) !== undefined }
}

test('the same question asks nobody for a while', async () => {
  const { clock, ask } = scene()
  assert.deepEqual([await ask('a'), await ask('a'), await ask('b')], [true, false, true])
  clock.advance(LIMITS.rememberedSearchMs)
  assert.deepEqual([await ask('a'), await ask('a')], [true, false])
})

test('answers that are not complete are not remembered', async () => {
  const { ask } = scene()
  for (const answers of [{ asked: 0, answered: 0 }, { asked: 2, answered: 1 }]) assert(await ask('a', answers))
  assert(await ask('a'))
})

test('the oldest questions are forgotten when there are too many', async () => {
  const { ask } = scene()
  for (let index = 0; index <= LIMITS.rememberedSearches; index++) await ask(`w${index}`)
  assert.deepEqual([await ask(`w${LIMITS.rememberedSearches}`), await ask('w0')], [false, true])
})
