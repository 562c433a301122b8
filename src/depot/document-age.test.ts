import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NPM_LIMITS } from '#core'
import type { DocumentHead } from '#store'
import { freshMsOf, handlingOf } from './document-age.ts'

const head: DocumentHead = { etag: '"x"', checkedAt: 1_000_000, freshMs: 60_000, isPrivate: false, isSigned: false }
const at = (ageMs: number, wantsNews = false, isUnchecked = false): string => handlingOf(head, { now: head.checkedAt + ageMs, wantsNews, isUnchecked })

describe('handlingOf', () => {
  it('serves what is fresh, serves and asks until it is old, and asks first then', () => {
    const ages = [0, 59_999, 60_000, NPM_LIMITS.staleMs - 1, NPM_LIMITS.staleMs]
    assert.deepEqual(ages.map((age) => at(age)), ['serve', 'serve', 'serve-and-ask', 'serve-and-ask', 'ask'])
  })

  it('asks meanwhile for what is fresh and was not looked at as it can be by now', () => {
    assert.deepEqual([at(0, false, true), at(NPM_LIMITS.staleMs, false, true)], ['serve-and-ask', 'ask'])
  })

  it('asks first for whoever wants nothing old, and after a clock was put back', () => {
    assert.deepEqual([at(0, true), at(-1)], ['ask', 'ask'])
  })
})

describe('freshMsOf', () => {
  it('believes an upstream within what is usual', () => {
    assert.deepEqual(
      [undefined, 'public, max-age=30', 'max-age=0', 'max-age=999999999', 's-maxage=5', 'no-store'].map(freshMsOf),
      [NPM_LIMITS.freshMs, 30_000, 0, NPM_LIMITS.freshMs, NPM_LIMITS.freshMs, NPM_LIMITS.freshMs],
    )
  })
})
