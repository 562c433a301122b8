import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type IdentityId, parsePackageName, parseVersion } from '#core'
import type { SearchHitReply, SearchReply } from '#doors/control'
import { foundRemark, foundText } from './describe-hits.ts'
import { lookOf } from './look.ts'

const terminal = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })
const pipe = lookOf({ write: () => undefined, isTTY: false }, {})
const ID = `bafyrei${'a'.repeat(40)}bcdefghijklm` as IdentityId
const HIT: SearchHitReply = {
  name: parsePackageName('rust-web'), version: parseVersion('1.2.0'), identity: ID, description: 'fast\u001b[2J\nweb', category: 'c', tags: [],
  score: 0.917, holders: 3,
}
const WHY = [{ signal: 'exact name', points: 0.9 }, { signal: 'pinned\u001b', points: 0.017 }]
const HEADING = 'NAME      VERSION  SCORE  HOLDERS  PUBLISHER       DESCRIPTION'
const LINE = 'rust-web  1.2.0     0.92        3  bcde-fghi-jklm  fast[2J web'

describe('hits', () => {
  it('are a table on a terminal and tab-separated elsewhere', () => {
    const reply = { total: 7, results: [HIT] }
    assert.equal(foundText(reply, terminal), `${HEADING}\n${LINE}\n`)
    assert.equal(foundText(reply, pipe), `rust-web\t1.2.0\t0.917\t3\t${ID}\tfast[2J web\n`)
    assert.equal(foundText({ total: 0, results: [] }, terminal), '')
  })

  it('stand above the reasons for their place where these were asked for', () => {
    const reply = { total: 2, results: [{ ...HIT, explanation: WHY }, { ...HIT, explanation: [] }] }
    assert.equal(foundText(reply, terminal), `${HEADING}\n${LINE}\n  why: exact name 0.90, pinned 0.02\n${LINE}\n`)
    assert.equal(foundText(reply, pipe).split('\n')[0], `rust-web\t1.2.0\t0.917\t3\t${ID}\tfast[2J web\texact name=0.9,pinned=0.017`)
  })
})

describe('beside them', () => {
  const page: SearchReply = { total: 7, results: [HIT] }

  it('stands how to get the next page while there is one', () => {
    assert.equal(foundRemark({ ...page, next: 'a-b_c=' }), '1 of 7 shown; for the next ones repeat the command with --cursor a-b_c=')
    assert.match(foundRemark({ ...page, next: "it's; $x\u001b" }) ?? '', /--cursor 'it'\\''s; \$x'$/)
    assert.equal(foundRemark(page), undefined)
    assert.equal(foundRemark({ total: 7, results: [] }), 'there are no more')
  })

  it('stands what was searched instead, and what may be missing', () => {
    assert.match(foundRemark({ total: 0, results: [] }) ?? '', /nothing matches/)
    assert.equal(foundRemark({ ...page, corrected: ['rust', 'web'] }), 'did you mean rust web? next to nothing matches what was typed')
    assert.equal(foundRemark({ ...page, partial: true }), 'not all peers answered in time: there may be more')
    assert.equal(foundRemark({ ...page, corrected: ['x'], partial: true, next: 'n' })?.split('\n').length, 3)
  })
})
