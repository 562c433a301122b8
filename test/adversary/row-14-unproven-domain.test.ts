import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdentityId, parsePackageSpec } from '#core'
import { openDomainRecords } from '#domains/web'
import { memoryHub } from '#network'
import { createIdentity, keyPairFromSeed, signingBytes } from '#trust'
import { openMarketplace, seeded, smallPackage, TEST_EPOCH, TestClock, TestDomains, type TestMarketplace, wellKnown } from '#testing'

/** Row 14 of the threat table: somebody publishes under `io.google.x` without owning google.io. Domains answer over real DNS and HTTPS. */
const never = new AbortController().signal
const NAME = 'io.ggen.tool'
const spec = parsePackageSpec(NAME)
const claim = (identity: IdentityId) => wellKnown({ prefix: 'io.ggen', identity })

/** What the owner does once: his roles name the domain. */
const nameDomain = async ({ marketplace }: TestMarketplace, seed: string): Promise<void> => {
  const { identity, genesis, root, release } = createIdentity(seeded(seed), TEST_EPOCH)
  const feed = keyPairFromSeed(release).publicKey
  const { intent, payload } = await marketplace.speaking.prepare(
    { identity, chain: [genesis], feed, statement: { type: 'roles', change: { domains: ['ggen.io'] } } }, never,
  )
  const key = keyPairFromSeed(root)
  await marketplace.speaking.commit(intent, [{ key: key.publicKey, signature: key.sign(signingBytes(payload)) }], never)
}

test('A claim that the domain does not prove is refused, also where single claims are taken; the proven one installs', async (context) => {
  await using domains = await TestDomains.start()
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const openDomains = async () => openDomainRecords(domains.access)
  await using author = await openMarketplace({ hub, clock })
  await using user = await openMarketplace({ hub, clock, openDomains })
  await using careful = await openMarketplace({ hub, clock, openDomains, policy: { firstUse: 'ask', coolDownMs: 0, namespaces: new Map() } })
  for (const one of [user, careful]) hub.link(author.network.self, one.network.self)
  const squatter = await author.publish(smallPackage(NAME, '9.0.0'), 'squatter')
  const owner = createIdentity(seeded('owner'), TEST_EPOCH).identity
  domains.publish('ggen.io', { wellKnown: claim(owner) })

  for (const one of [user, careful]) {
    const error = await one.marketplace.fetch({ spec }, never).catch((reason: unknown) => reason)
    assert(error instanceof Error && 'code' in error && 'kind' in error)
    assert.deepEqual([error.code, (error.kind as { exitCode: number }).exitCode], ['name-unproven', 6])
  }
  await author.publish(smallPackage(NAME, '1.0.0'), 'owner')
  await nameDomain(author, 'owner')
  for (const one of [user, careful]) {
    const installed = await one.marketplace.fetch({ spec }, never)
    assert.deepEqual([installed.identity, installed.version], [owner, '1.0.0'])
    const { verdict } = await one.marketplace.trusting.why(spec.name, never)
    assert.equal(verdict.outcome === 'trusted' && verdict.evidence.kind, 'pinned')
    assert.equal(one.trust.pin(spec.name)?.how, 'domain')
  }
  assert.notEqual(squatter.identity, owner)
  context.diagnostic('unproven claims refused 2/2, the proven one installed 2/2')
})

test('A domain that names nobody leaves its names as free as plain ones', async () => {
  await using domains = await TestDomains.start()
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using author = await openMarketplace({ hub, clock })
  const policy = { firstUse: 'ask', coolDownMs: 0, namespaces: new Map() } as const
  await using user = await openMarketplace({ hub, clock, openDomains: async () => openDomainRecords(domains.access), policy })
  hub.link(author.network.self, user.network.self)
  domains.publish('ggen.io', {})
  const { identity } = await author.publish(smallPackage(NAME), 'anybody')
  await assert.rejects(user.marketplace.fetch({ spec }, never), { code: 'name-unverified' })
  assert.equal((await user.marketplace.fetch({ spec, trust: identity }, never)).identity, identity)
})
