import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isPackageName, LIMITS } from '#core'
import { packageAt, packages, RECORDS_END } from '../../bench/catalogue/packages.ts'

test('a generated package depends on seed and index alone', () => {
  const some = [...packages(7, 50, 1000)]
  assert.deepEqual(some[20], packageAt(7, 1020))
  assert.notDeepEqual(packageAt(8, 1020), packageAt(7, 1020))
})

test('twenty thousand packages have as many names, all of them valid, and keep the limits of signed records', () => {
  const names = new Set<string>()
  for (const { name, summary, publisherSince, versions, status } of packages(1, 20_000)) {
    names.add(name)
    assert(isPackageName(name))
    assert(summary.title.length <= LIMITS.titleChars && summary.description.length <= LIMITS.descriptionChars && summary.tags.length <= LIMITS.tags)
    assert(summary.tags.every((tag) => tag.length <= LIMITS.tagChars) && summary.author.length <= LIMITS.authorChars)
    const moments = [publisherSince, ...versions.map(({ at }) => at), ...(status === undefined ? [] : [status.at])]
    assert.deepEqual(moments, moments.toSorted((a, b) => a - b))
    assert((moments.at(-1) ?? Infinity) <= RECORDS_END)
  }
  assert.equal(names.size, 20_000)
})

test('the words, the publishers and the lengths are spread as in real registries', () => {
  const words = new Set<string>()
  const owned = new Map<number, number>()
  let chars = 0
  for (const { summary, publisher } of packages(1, 40_000)) {
    chars += summary.description.length
    for (const word of summary.description.split(' ')) words.add(word)
    owned.set(publisher, (owned.get(publisher) ?? 0) + 1)
  }
  const most = [...owned.values()].sort((a, b) => b - a)
  assert(words.size > 50_000, `${words.size} words`)
  assert(Math.abs(chars / 40_000 - 140) < 10, `${chars / 40_000} characters`)
  assert((most[0] ?? 0) > 80 && (most[Math.floor(most.length / 2)] ?? 9) <= 3)
})
