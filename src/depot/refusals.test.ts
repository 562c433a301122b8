import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Events, type GgenEvent } from '#core'
import { memoryNpmRecords } from '#store'
import { TestClock } from '#testing'
import { type Refusal, Refusals } from './refusals.ts'

describe('Refusals', () => {
  it('are said once, to whoever listens and in the report', () => {
    using records = memoryNpmRecords()
    const [clock, events, told] = [new TestClock(), new Events(), [] as GgenEvent[]]
    events.subscribe((event) => told.push(event))
    const refusals = new Refusals({ records, clock, events })
    const one: Refusal = { name: 'tool', version: '1.0.0', code: 'downgrade', why: 'it is not signed' }
    for (const refusal of [one, one, { ...one, name: 'other', why: 'that neither' }]) refusals.say(refusal)
    assert.deepEqual(told, [{ type: 'npm-refused', what: 'tool', why: 'it is not signed' }, { type: 'npm-refused', what: 'other', why: 'that neither' }])
    assert.deepEqual(records.servedSince(0).map(({ name, from, trouble }) => [name, from, trouble]), [
      ['tool', 'nowhere', 'downgrade: it is not signed'], ['other', 'nowhere', 'downgrade: that neither'],
    ])
  })
})
