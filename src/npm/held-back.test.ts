import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseDenyRule } from './deny-rule.ts'
import { type HeldBack, NOTHING_HELD_BACK, withoutHeldBack } from './held-back.ts'
import { parseNpmName } from './npm-name.ts'
import { readPackageDocument } from './package-document.ts'

const name = parseNpmName('tool')
const DAYS = [1, 2, 3, 4, 5]
const document = readPackageDocument(JSON.stringify({
  name, 'dist-tags': { latest: '5.0.0' },
  versions: Object.fromEntries([...DAYS, 6].map((day) => [`${day}.0.0`, { name, version: `${day}.0.0`, dist: { tarball: 'https://r.example/x' } }])),
  time: Object.fromEntries(DAYS.map((day) => [`${day}.0.0`, `2026-01-0${day}T00:00:00Z`])),
}), name)
const left = (heldBack: HeldBack): string => {
  const { versions, 'dist-tags': tags } = withoutHeldBack(document, heldBack)
  return `${Object.keys(versions).join(' ')}, latest ${(tags as { readonly latest?: string }).latest}`
}

describe('what is held back of a package', () => {
  it('is what a rule names, and what is too young, and latest leads below', () => {
    assert.equal(left({ denied: [parseDenyRule('tool@4 || 5')] }), '1.0.0 2.0.0 3.0.0 6.0.0, latest 3.0.0')
    assert.equal(left({ denied: [], before: Date.UTC(2026, 0, 3) }), '1.0.0 2.0.0 3.0.0 6.0.0, latest 3.0.0')
    assert.equal(left({ denied: [parseDenyRule('tool@3')], before: Date.UTC(2026, 0, 3) }), '1.0.0 2.0.0 6.0.0, latest 2.0.0')
    assert.equal(left({ denied: [parseDenyRule('tool')] }), ', latest undefined')
  })

  it('is nothing where nobody says so', () => {
    assert.equal(withoutHeldBack(document, NOTHING_HELD_BACK), document)
  })

  it('grows with the age that is asked for', () => {
    const at = fc.integer({ min: Date.UTC(2025, 11, 30), max: Date.UTC(2026, 0, 8) })
    fc.assert(fc.property(at, at, (one, other) => {
      const [earlier, later] = [Math.min(one, other), Math.max(one, other)]
        .map((before) => Object.keys(withoutHeldBack(document, { denied: [], before }).versions))
      for (const version of earlier ?? []) assert.ok(later?.includes(version))
    }))
  })
})
