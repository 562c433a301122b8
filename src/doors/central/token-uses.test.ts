import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CENTRAL_LIMITS } from '#core'
import { TestClock } from '#testing'
import { memoryTokenFile } from './memory-token-file.ts'
import { TokenUses } from './token-uses.ts'

test('two registries that share the file write down each other\'s uses, too, and a new process those of the one before', async () => {
  const [file, clock] = [memoryTokenFile(), new TestClock()]
  const [one, other] = [new TokenUses(file, clock), new TokenUses(file, clock)]
  const isToken = (): boolean => true
  await Promise.all([one.note('a', isToken), other.note('b', isToken)])
  const first = clock.now()
  assert.deepEqual(await new TokenUses(file, clock).all(), new Map([['a', first], ['b', first]]))
  clock.advance(CENTRAL_LIMITS.tokenUseEveryMs)
  await other.note('a', isToken)
  assert.deepEqual(await one.all(), new Map([['a', clock.now()], ['b', first]]))
})

test('there is an end to what is remembered of tokens that are no more', async () => {
  const [file, clock] = [memoryTokenFile(), new TestClock()]
  const uses = new TokenUses(file, clock)
  for (let index = 0; index <= CENTRAL_LIMITS.tokens; index += 1) await uses.note(index.toString(16).padStart(12, '0'), (id) => id.endsWith('0'))
  assert.ok([...(await uses.all()).keys()].every((id) => id.endsWith('0')))
})
