import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdentityId, parsePackageName } from '#core'
import { answerQuery } from './answer-query.ts'
import { ListedEntries, type ListedEntry } from './listed-entries.ts'
import { mergePages } from './merge-pages.ts'
import type { FoundPackages, PackageQuery } from './package-search.ts'

const entry = (name: string, at: number, identity?: string): ListedEntry => ({
  name: parsePackageName(name), title: name, description: `about tools ${name}`, tags: [], category: '', license: '', author: '', deprecated: false,
  at, known: 1, ...(identity !== undefined && { identity: identity as IdentityId }),
})

const ONE = ['tool', 'tool-b', 'a-tool', 'x'].map((name, index) => entry(name, index + 1, 'somebody'))
const OTHER = ['tool', 'toolbox', 'z-tool', 'y'].map((name) => entry(name, 0))
const lists = [new ListedEntries(ONE), new ListedEntries(OTHER)] as const

const page = async (query: PackageQuery): Promise<FoundPackages<ListedEntry>> => {
  const [one, other] = await Promise.all([answerQuery(lists[0], query, { kept: [] }), answerQuery(lists[1], query, { kept: [] })])
  return mergePages(query, one, other)
}

test('pages of two places are those that one place with all of it would give, however long they are', async () => {
  const all = new ListedEntries([...ONE, ...OTHER])
  for (const order of ['relevance', 'name', 'date'] as const) {
    const whole = await answerQuery(all, { words: ['tool'], order, limit: 20, now: 10 }, { kept: [] })
    const keys = whole.found.map((found) => `${found.entry.name} ${found.entry.identity ?? ''}`)
    for (const limit of [1, 3, 20]) {
      const paged: string[] = []
      for (let cursor: string | undefined, more = true; more; ) {
        const { found, next, total } = await page({ words: ['tool'], order, limit, now: 10, ...(cursor !== undefined && { cursor }) })
        assert.equal(total, whole.total)
        paged.push(...found.map((one) => `${one.entry.name} ${one.entry.identity ?? ''}`))
        cursor = next
        more = next !== undefined
      }
      assert.deepEqual(paged, keys, `${order} ${limit}`)
    }
  }
})

test('of packages that nobody signed no condition holds on what is not known of them', async () => {
  const one = await page({ words: ['tool'], order: 'relevance', limit: 20, now: 10, publisher: 'somebody' as IdentityId })
  assert.deepEqual(one.found.map((found) => found.entry.identity), ['somebody', 'somebody', 'somebody', 'somebody'])
  assert.equal((await page({ words: ['tool'], order: 'relevance', limit: 20, now: 10, scripts: false })).total, 0)
})
