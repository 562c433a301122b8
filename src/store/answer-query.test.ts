import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageName } from '#core'
import { answerQuery, type MatchSource } from './answer-query.ts'
import type { PackageQuery } from './package-search.ts'
import type { Match } from './rank-package.ts'
import { sampleEntry, sampleIdentity } from './sample-ops.conformance.ts'

const match = (name: string, field: Match['field']): Match =>
  ({ name: parsePackageName(name), identity: sampleIdentity('alice'), at: 1, known: 1, deprecated: false, field, isWhole: true, isCorrected: false })

const query: PackageQuery = { words: ['a'], order: 'relevance', limit: 2, now: 1 }

const sourceOf = (groups: readonly (readonly Match[])[], read: string[]): MatchSource<Match> => ({
  candidates: () => ({
    total: groups.flat().length,
    *groups() {
      for (const [index, group] of groups.entries()) {
        read.push(`group ${index}`)
        yield group
      }
    },
  }),
  correct: async () => undefined,
  entry: ({ name }) => (name === 'gone' ? undefined : sampleEntry({ name })),
})

test('groups that no page needs are never read', async () => {
  const read: string[] = []
  const groups = [['b', 'a', 'c'].map((name) => match(name, 'name')), [match('t', 'tag')], [match('d', 'text')]]
  const answer = await answerQuery(sourceOf(groups, read), query, { kept: [] })
  assert.deepEqual(answer.found.map(({ entry }) => entry.name), ['a', 'b'])
  assert.deepEqual([answer.total, read], [5, ['group 0']])
  assert(answer.next !== undefined)
  const rest = await answerQuery(sourceOf(groups, read), { ...query, limit: 9, cursor: answer.next }, { kept: [] })
  assert.deepEqual(rest.found.map(({ entry }) => entry.name), ['c', 't', 'd'])
})

test('an entry that went meanwhile is left out', async () => {
  const { found } = await answerQuery(sourceOf([[match('gone', 'name'), match('here', 'name')]], []), query, { kept: [] })
  assert.deepEqual(found.map(({ entry }) => entry.name), ['here'])
})
