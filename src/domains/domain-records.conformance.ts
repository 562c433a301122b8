import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite, test, type TestContext } from 'node:test'
import { isGgenError, opIdOfHash } from '#core'
import type { DomainRecords } from './domain-records.ts'
import type { PublishedRecord } from './memory-domain-records.ts'

export interface DomainRecordsSubject {
  readonly records: DomainRecords
  publish(domain: string, record: PublishedRecord): void
}

const IDENTITY = opIdOfHash(createHash('sha256').update('alice').digest())
const CLAIMS = [{ prefix: 'io.ggen', identity: IDENTITY }]
const WELL_KNOWN = JSON.stringify({ v: 1, claims: CLAIMS })
const TXT = `ggen=v1; id=${IDENTITY}; prefix=io.ggen`

const going = (): AbortSignal => new AbortController().signal

/** What every way to ask domains must do. `open` gives one where no domain says anything. */
export const domainRecordsConformance = (name: string, open: (context: TestContext) => Promise<DomainRecordsSubject>): void => {
  suite(`${name} tells what domains say`, () => {
    test('both places are asked, and each answer stands for itself', async (context) => {
      const { records, publish } = await open(context)
      assert.deepEqual(await records.ask('ggen.io', going()), { https: { state: 'absent' }, txt: { state: 'absent' } })
      publish('ggen.io', { wellKnown: WELL_KNOWN })
      assert.deepEqual(await records.ask('ggen.io', going()), { https: { state: 'found', claims: CLAIMS }, txt: { state: 'absent' } })
      publish('ggen.io', { txt: ['v=spf1 -all', TXT] })
      assert.deepEqual(await records.ask('ggen.io', going()), { https: { state: 'absent' }, txt: { state: 'found', claims: CLAIMS } })
      publish('ggen.io', { wellKnown: '{}', txt: ['ggen=v1'] })
      const { https, txt } = await records.ask('ggen.io', going())
      assert.deepEqual([https.state, txt.state], ['malformed', 'malformed'])
      assert.equal((await records.ask('example.com', going())).https.state, 'absent')
    })

    test('a place where nobody answers is unknown, never absent', async (context) => {
      const { records, publish } = await open(context)
      publish('ggen.io', { wellKnown: null, txt: [TXT] })
      const first = await records.ask('ggen.io', going())
      assert.deepEqual([first.https.state, first.txt.state], ['unknown', 'found'])
      publish('ggen.io', { wellKnown: WELL_KNOWN, txt: null })
      const second = await records.ask('ggen.io', going())
      assert.deepEqual([second.https.state, second.txt.state], ['found', 'unknown'])
    })

    test('an aborted signal ends the question', async (context) => {
      const { records } = await open(context)
      await assert.rejects(records.ask('ggen.io', AbortSignal.abort()), (error) => isGgenError(error, 'cancelled'))
    })
  })
}
