import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageName } from '#core'
import { identityNaming, TestDomains, txtRecord, wellKnown } from '#testing'
import { DAY, domainClient } from './domain-scene.ts'

/** Row 15 of the threat table: a domain expires, somebody else registers it and says that he speaks for its names. Both identities name the domain. */
const TRIES = 20
const OWNER = identityNaming('the owner', 'ggen.io')
const THIEF = identityNaming('the thief', 'ggen.io')
const NAMES = Array.from({ length: TRIES }, (_, index) => parsePackageName(`io.ggen.tool${index}`))

const publish = (domains: TestDomains, { identity }: typeof OWNER, place: 'https' | 'txt' | 'both'): void => {
  const claim = { prefix: 'io.ggen', identity }
  domains.publish('ggen.io', { ...(place !== 'txt' && { wellKnown: wellKnown(claim) }), ...(place !== 'https' && { txt: [txtRecord(claim)] }) })
}

for (const place of ['https', 'txt', 'both'] as const) {
  test(`a record that turns to another key is refused 20 of 20 times where the name is pinned (${place})`, async (context) => {
    await using domains = await TestDomains.start()
    const client = domainClient(domains, context)
    publish(domains, OWNER, place)
    for (const name of NAMES) {
      assert.equal((await client.prove(name, OWNER)).verdict, 'proven')
      client.pin(name, OWNER.identity)
    }
    domains.publish('ggen.io', {})
    client.clock.advance(DAY)
    const gone = { verdict: 'unproven', domain: 'ggen.io', reason: 'record-gone', names: OWNER.identity }
    for (const name of NAMES) assert.deepEqual(await client.prove(name, THIEF), gone)
    publish(domains, THIEF, place)
    let refused = 0
    for (const [index, name] of NAMES.entries()) {
      client.clock.advance((index === 0 ? 1 : 5) * DAY)
      const verdict = await client.prove(name, THIEF)
      assert.deepEqual(verdict, { verdict: 'conflict', kind: 'rebound', domain: 'ggen.io', before: OWNER.identity, now: THIEF.identity })
      refused += 1
    }
    assert.equal(refused, TRIES)
    context.diagnostic(`the new key refused ${refused} of ${TRIES} times`)
  })

  test(`who has not pinned the name waits fourteen days from the first sight of the new record (${place})`, async (context) => {
    await using domains = await TestDomains.start()
    const client = domainClient(domains, context)
    publish(domains, OWNER, place)
    const [known, fresh] = [parsePackageName('io.ggen.known'), parsePackageName('io.ggen.never-asked-for')]
    assert.equal((await client.prove(known, OWNER)).verdict, 'proven')
    publish(domains, THIEF, place)
    client.clock.advance(DAY)
    const first = client.clock.now()
    for (let day = 0; day < 14; day += 1) {
      for (const name of [known, fresh]) {
        const verdict = await client.prove(name, THIEF)
        assert.deepEqual(verdict, { verdict: 'waiting', domain: 'ggen.io', before: OWNER.identity, now: THIEF.identity, since: first, until: first + 14 * DAY })
      }
      client.clock.advance(DAY)
    }
    assert.equal((await client.prove(fresh, THIEF)).verdict, 'proven')
  })
}

test('an owner who takes the domain back within that time is proven at once, and the thief begins anew', async (context) => {
  await using domains = await TestDomains.start()
  const client = domainClient(domains, context)
  const [name] = NAMES as [typeof NAMES[number]]
  for (const [owner, verdict] of [[OWNER, 'proven'], [THIEF, 'waiting'], [OWNER, 'proven'], [THIEF, 'waiting']] as const) {
    publish(domains, owner, 'both')
    assert.equal((await client.prove(name, owner)).verdict, verdict)
    client.clock.advance(10 * DAY)
  }
})
