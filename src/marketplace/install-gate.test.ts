import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { memoryFolder } from '#archive'
import { parsePackageName, parsePackageSpec } from '#core'
import { memoryHub } from '#network'
import { createIdentity, keyPairFromSeed } from '#trust'
import { openMarketplace, seeded, smallPackage, TEST_EPOCH, TestClock, type TestMarketplace } from '#testing'
import type { InstallGateParts } from './install-gate.ts'

const never = new AbortController().signal
const DAY = 24 * 3_600_000
const name = parsePackageName('tool')
const spec = parsePackageSpec('tool')
type TrustPolicy = InstallGateParts['policy']
const ASKING: TrustPolicy = { firstUse: 'ask', coolDownMs: DAY, namespaces: new Map() }

/** A publisher's node, and one of somebody who installs. */
const pair = async (clock: TestClock, policy: TrustPolicy = ASKING): Promise<readonly [TestMarketplace, TestMarketplace]> => {
  const hub = memoryHub({ clock })
  const [author, user] = [await openMarketplace({ hub, clock }), await openMarketplace({ hub, clock, policy })]
  hub.link(author.network.self, user.network.self)
  return [author, user]
}

describe('a name that can be taken for one that is bound here', () => {
  const lodash = parsePackageName('lodash')
  const alike = { known: lodash, kind: 'swapped', because: 'bound' } as const
  const wrong = parsePackageSpec('lodahs')

  test('is refused with what it can be taken for, and so it is explained', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    const ada = await author.publish(smallPackage('lodash'), 'ada')
    const eve = await author.publish(smallPackage('lodahs'), 'eve')
    await user.marketplace.fetch({ spec: parsePackageSpec('lodash'), trust: ada.identity }, never)
    const lookAlikes = [{ ...alike, identity: ada.identity }]
    const message = /can be taken for lodash: two letters changed places \(which is bound here\)$/
    await assert.rejects(user.marketplace.fetch({ spec: wrong }, never), {
      code: 'name-unverified', message, details: { name: wrong.name, identity: eve.identity, lookAlikes },
    })
    assert.deepEqual((await user.marketplace.trusting.why(wrong.name, never)).lookAlikes, lookAlikes)
    assert.equal((await user.marketplace.fetch({ spec: wrong, trust: eve.identity }, never)).lookAlikes, undefined, 'it was chosen')
    assert.equal((await user.marketplace.trusting.why(wrong.name, never)).lookAlikes, undefined, 'it is bound')
  })

  test('is told of where every publisher is taken, the first time', async () => {
    const [author, user] = await pair(new TestClock(), { ...ASKING, firstUse: 'accept' })
    await using _author = author
    await using _user = user
    const ada = await author.publish(smallPackage('lodash'), 'ada')
    const eve = await author.publish(smallPackage('lodahs'), 'eve')
    await user.marketplace.fetch({ spec: parsePackageSpec('lodash') }, never)
    assert.equal((await user.marketplace.fetch({ spec: parsePackageSpec(`@${eve.identity}/lodahs`) }, never)).lookAlikes, undefined)
    const fetched = await user.marketplace.fetch({ spec: wrong }, never)
    assert.deepEqual(fetched.lookAlikes, [{ ...alike, identity: ada.identity }])
    assert.equal((await user.marketplace.fetch({ spec: wrong }, never)).lookAlikes, undefined)
  })

  test('is told of to who publishes it for the first time, unless the other one is his too', async () => {
    const clock = new TestClock()
    await using node = await openMarketplace({ hub: memoryHub({ clock }), clock, policy: ASKING })
    await node.publish(smallPackage('lodash'), 'ada')
    const prepare = async (seed: string, version = '1.0.0') => {
      const { identity, genesis, release } = createIdentity(seeded(seed), TEST_EPOCH)
      node.source({ kind: 'folder', tree: memoryFolder(smallPackage('lodahs', version)) })
      const prepared = await node.marketplace.prepare({ path: '/', identity, chain: [genesis], feed: keyPairFromSeed(release).publicKey }, never)
      assert(prepared.state === 'unsigned')
      return prepared.lookAlikes?.map(({ known }) => known)
    }
    assert.deepEqual([await prepare('ada'), await prepare('eve')], [undefined, [lodash]])
    await node.publish(smallPackage('lodahs'), 'eve')
    assert.equal(await prepare('eve', '2.0.0'), undefined)
  })

  test('costs nothing where the name is bound', async () => {
    const [author, user] = await pair(new TestClock(), { ...ASKING, firstUse: 'accept' })
    await using _author = author
    await using _user = user
    await author.publish(smallPackage('tool'), 'ada')
    await author.publish(smallPackage('other'), 'ada')
    await user.marketplace.fetch({ spec }, never)
    user.catalogue.oldestNames = () => assert.fail('the names of the catalogue were read')
    user.trust.pins = () => assert.fail('the bound names were read')
    assert.equal((await user.marketplace.fetch({ spec }, never)).name, name)
    await assert.rejects(user.marketplace.fetch({ spec: parsePackageSpec('other') }, never), { message: /were read/ })
  })
})

describe('installing', () => {
  test('a name for the first time is for a person to decide, who is remembered', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    const { identity } = await author.publish(smallPackage('tool'), 'ada')
    await assert.rejects(user.marketplace.fetch({ spec }, never), { code: 'name-unverified', details: { name, identity } })
    assert.equal(user.trust.pin(name), undefined, 'nothing is bound by a refusal')
    await user.marketplace.fetch({ spec, trust: identity }, never)
    assert.deepEqual([user.trust.pin(name)?.identity, user.trust.pin(name)?.how], [identity, 'chosen'])
    await user.marketplace.fetch({ spec }, never)
    const [bound] = await user.marketplace.trusting.names()
    assert.equal(bound?.identity, identity)
    await user.marketplace.trusting.remove(name)
    await assert.rejects(user.marketplace.fetch({ spec }, never), { code: 'name-unverified' })
    await assert.rejects(user.marketplace.trusting.remove(name), { code: 'not-trusted' })
  })

  test('by an identity that is written down asks nobody, and binds no name', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    const { identity } = await author.publish(smallPackage('tool'), 'ada')
    const installed = await user.marketplace.fetch({ spec: parsePackageSpec(`@${identity}/tool`) }, never)
    assert.equal(installed.identity, identity)
    assert.equal(user.trust.pin(name), undefined)
  })

  test('another publisher than the one that is bound is refused, and both are named', async () => {
    const [author, user] = await pair(new TestClock())
    await using _author = author
    await using _user = user
    const ada = await author.publish(smallPackage('tool'), 'ada')
    await user.marketplace.fetch({ spec, trust: ada.identity }, never)
    const eve = await author.publish(smallPackage('tool', '9.0.0'), 'eve')
    assert.equal((await user.marketplace.fetch({ spec }, never)).identity, ada.identity, 'a higher version of somebody else moves nothing')
    for (const asked of [{ trust: eve.identity }, { locked: eve.identity }]) {
      const error = await user.marketplace.fetch({ spec, ...asked }, never).catch((reason: unknown) => reason)
      assert(error instanceof Error && error.message.includes(ada.identity) && error.message.includes(eve.identity))
      assert.equal('code' in error && error.code, 'identity-changed')
    }
    await user.marketplace.trusting.add(name, eve.identity)
    assert.equal((await user.marketplace.trusting.why(name, never)).verdict.outcome, 'trusted')
    assert.equal((await user.marketplace.info(spec, never)).identity, eve.identity)
  })

  test('a new version waits a day, unless it is named', async () => {
    const clock = new TestClock()
    const [author, user] = await pair(clock)
    await using _author = author
    await using _user = user
    const { identity } = await author.publish(smallPackage('tool'), 'ada')
    await user.marketplace.fetch({ spec, trust: identity }, never)
    clock.advance(2 * DAY)
    await author.publish(smallPackage('tool', '1.1.0'), 'ada')
    const version = async (text: string): Promise<string> => (await user.marketplace.fetch({ spec: parsePackageSpec(text) }, never)).version
    assert.deepEqual([await version('tool'), await version('tool@1.1.0')], ['1.0.0', '1.1.0'])
    clock.advance(DAY)
    assert.equal(await version('tool'), '1.1.0')
  })

  test('what is published here is bound to its publisher', async () => {
    const clock = new TestClock()
    await using node = await openMarketplace({ hub: memoryHub({ clock }), clock, policy: ASKING })
    await node.publish(smallPackage('tool'), 'ada')
    assert.equal((await node.marketplace.trusting.names())[0]?.how, 'own')
    assert.equal((await node.marketplace.fetch({ spec }, never)).name, name)
  })
})
