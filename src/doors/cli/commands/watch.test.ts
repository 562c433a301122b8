import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, type IdentityId, type MissedNews, type News } from '#core'
import type { Context } from './context.ts'
import type { Outcome } from './outcome.ts'
import { watch, type WatchOptions } from './watch.ts'

const news = (records: number): News => ({ type: 'dropped', identity: 'x' as IdentityId, records, heardAt: 0 })
const gap: MissedNews = { type: 'missed', count: 2 }

interface Trial {
  readonly printed: readonly (News | MissedNews)[]
  readonly said: readonly string[]
  readonly isLifted: boolean
  readonly isLeft: boolean
  readonly error: unknown
}

/** Watches a node that tells `told` and then ends, or fails. */
const tried = async (told: readonly (News | MissedNews | GgenError)[], options: Partial<WatchOptions> = {}): Promise<Trial> => {
  const printed: unknown[] = []
  const said: string[] = []
  let isLifted = false
  let isLeft = false
  const stream = async function* (): AsyncGenerator<News | MissedNews> {
    try {
      for (const one of told) {
        if (one instanceof GgenError) throw one
        yield one
      }
    } finally {
      isLeft = true
    }
  }
  const context = {
    client: { watch: async () => stream() },
    deadline: { signal: new AbortController().signal, lift: () => (isLifted = true) },
    print: (outcome: Outcome) => printed.push(outcome.value),
    say: (line: string) => said.push(line),
  } as unknown as Context
  const error: unknown = await watch({ question: { words: [] }, isTimed: false, ...options })(context).then(() => undefined, (thrown: unknown) => thrown)
  return { printed: printed as (News | MissedNews)[], said, isLifted, isLeft, error }
}

const codeOf = ({ error }: Trial): unknown => error instanceof GgenError && [error.code, error.message]

describe('watch', () => {
  it('prints what the node tells as it comes, and says that it listens', async () => {
    const { printed, said, isLifted } = await tried([news(1), gap, news(2)])
    assert.deepEqual([printed, said, isLifted], [[news(1), gap, news(2)], ['watching; Ctrl-C ends it'], true])
  })

  it('ends well after as many as were wanted, not counting gaps, and leaves the node', async () => {
    const trial = await tried([news(1), gap, news(2), news(3)], { limit: 2 })
    assert.deepEqual(trial.printed, [news(1), gap, news(2)])
    assert.deepEqual([trial.error, trial.isLeft], [undefined, true])
  })

  it('fails when the node ends first, or goes away', async () => {
    assert.deepEqual(codeOf(await tried([news(1)], { limit: 2 })), ['daemon-not-running', 'the node has stopped: it tells nothing more'])
    assert.deepEqual(codeOf(await tried([new GgenError('daemon-not-running', 'gone')])), ['daemon-not-running', 'gone'])
  })

  it('keeps its time where it was given one, and says how many there were until then', async () => {
    const late = new GgenError('timeout', 'nothing within 5 s')
    const trial = await tried([news(1), late], { isTimed: true, limit: 2 })
    assert.deepEqual([trial.isLifted, codeOf(trial)], [false, ['timeout', 'the time is over; 1 told']])
    assert.deepEqual(codeOf(await tried([late], { isTimed: true })), ['timeout', 'nothing within 5 s'])
  })
})
