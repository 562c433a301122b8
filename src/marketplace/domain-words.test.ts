import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type IdentityId, parsePackageName } from '#core'
import { MemoryDomainRecords, type PublishedRecord } from '#domains'
import { memoryTrustStore } from '#store'
import { identityNaming, TestClock, txtRecord, wellKnown } from '#testing'
import { DomainAsker, NO_WORDS } from './domain-words.ts'

const never = new AbortController().signal
const name = parsePackageName('io.ggen.tool')
const [owner, rival] = [identityNaming('owner', 'ggen.io'), identityNaming('rival', 'ggen.io')]
const silent = identityNaming('silent')
const VIEWS = new Map([owner, rival, silent].map((view) => [view.identity, view]))
const NO_VIEWS = {
  package: () => undefined, packageOf: () => assert.fail('no package is looked at'), latestAt: () => 0, stagedOpinions: () => [], latestWord: () => 0,
}
const claim = (identity: IdentityId, prefix = 'io.ggen') => ({ prefix, identity })

const asker = (record: PublishedRecord | undefined) => {
  const records = new MemoryDomainRecords()
  if (record !== undefined) records.publish('ggen.io', record)
  const views = { ...NO_VIEWS, identity: (id: IdentityId) => VIEWS.get(id) }
  const opened = { count: 0 }
  const openDomains = async () => ((opened.count += 1), records)
  return { records, opened, asker: new DomainAsker({ trust: memoryTrustStore(), clock: new TestClock(), views, openDomains }) }
}

const words = async (record: PublishedRecord, ...of: readonly { readonly identity: IdentityId }[]): Promise<string> => {
  const { evidence, report } = await asker(record).asker.ask(name, of.map(({ identity }) => identity), never)
  return `${[...evidence.values()].map(({ kind }) => kind).join()} ${report?.state}: ${report?.why}`
}

describe('what the domain of a name says', () => {
  test('is nothing for names without a domain, and then nothing is loaded', async () => {
    const { asker: one, opened } = asker(undefined)
    for (const plain of ['tool', '@io.x/tool', 'io.ggen/tool']) assert.deepEqual(await one.ask(parsePackageName(plain), [owner.identity], never), NO_WORDS)
    assert.equal(opened.count, 0)
    const views = { ...NO_VIEWS, identity: () => owner }
    const nobody = new DomainAsker({ trust: memoryTrustStore(), clock: new TestClock(), views })
    assert.deepEqual(await nobody.ask(name, [owner.identity], never), NO_WORDS, 'where no domain is asked')
  })

  test('proves one publisher among several, over HTTPS or in the DNS', async () => {
    const https = { wellKnown: wellKnown(claim(owner.identity)) }
    assert.match(await words(https, rival, owner), /^domain proven: names \S+, and is named by it/)
    const { evidence } = await asker({ txt: [txtRecord(claim(owner.identity))] }).asker.ask(name, [owner.identity], never)
    assert.deepEqual(evidence.get(owner.identity), { kind: 'domain', domain: 'ggen.io', via: 'dns' })
  })

  test('is said in plain words where it proves nobody', async () => {
    const https = (identity: IdentityId, prefix?: string): PublishedRecord => ({ wellKnown: wellKnown(claim(identity, prefix)) })
    assert.match(await words({}, owner), /^ unclaimed: says nothing/)
    assert.match(await words({ wellKnown: null, txt: null }, owner), /^ unreachable: cannot be asked now: nobody answers/)
    assert.match(await words({ wellKnown: '{' }, owner), /^ unproven: says something that cannot be read/)
    assert.match(await words(https(rival.identity), owner), /^ unproven: names \S+$/)
    assert.match(await words(https(owner.identity, 'io.ggen.other'), owner), /^ unproven: speaks for other names/)
    assert.match(await words(https(silent.identity), silent), /^ unproven: names this publisher, which does not name the domain/)
    const both = { wellKnown: wellKnown(claim(owner.identity)), txt: [txtRecord(claim(rival.identity))] }
    assert.match(await words(both, owner), /^ conflict: names \S+ over HTTPS and \S+ in the DNS/)
  })

  test('that turned to somebody else waits, and says until when', async () => {
    const { asker: one, records } = asker({ wellKnown: wellKnown(claim(owner.identity)) })
    await one.ask(name, [owner.identity], never)
    records.publish('ggen.io', { wellKnown: wellKnown(claim(rival.identity)) })
    const clock = new TestClock()
    clock.advance(25 * 3_600_000)
    const { evidence } = await one.ask(name, [rival.identity], never)
    assert.equal(evidence.size, 0)
  })

  test('is not asked twice while it counts, and no more once it ends', async () => {
    const { asker: one, records, opened } = asker({ wellKnown: wellKnown(claim(owner.identity)) })
    await one.ask(name, [owner.identity], never)
    await one.ask(name, [owner.identity, rival.identity], never)
    assert.deepEqual([records.asked, opened.count], [['ggen.io'], 1])
    one[Symbol.dispose]()
    await assert.rejects(one.ask(parsePackageName('io.other.tool'), [owner.identity], never))
  })
})
