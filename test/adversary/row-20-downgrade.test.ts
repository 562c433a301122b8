import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChainOp, type GenesisOp, GgenError, parsePackageName, parsePackageSpec, type ReleaseBody, type ReleaseOp, type RolesOp } from '#core'
import { Admissions, createViews } from '#flow/verify'
import { memoryHub } from '#network'
import { InstallCheck } from '#marketplace'
import { encodePayload, type KeyPair, keyPairFromSeed, openOp, signPayload } from '#trust'
import { openMarketplace, Publisher, TestClock, type TestMarketplace } from '#testing'

/** Row 20 of the threat table: a patch release that asks for more, or is vouched for by less, than the one before. */
const [root, first, second, machine] = [1, 2, 3, 4].map((fill) => keyPairFromSeed(new Uint8Array(32).fill(fill))) as [KeyPair, KeyPair, KeyPair, KeyPair]
const terms = {
  root: { keys: [root.publicKey], need: 1 }, recovery: { keys: [], need: 0 },
  release: [first, second].map(({ publicKey: key }) => ({ key, names: ['*'] })).concat([{ key: machine.publicKey, names: ['*'] }]),
}
const release = terms.release.map((entry) => (entry.key === machine.publicKey ? { ...entry, auto: true } : entry))
const genesis = openOp(signPayload(encodePayload({
  type: 'genesis', at: 0, seq: 0, body: { ...terms, release, need: 1, nonce: new Uint8Array(16) },
}), [root])) as GenesisOp
const strict = openOp(signPayload(encodePayload({
  type: 'roles', identity: genesis.identity, seq: 1, prev: genesis.id, at: 1, body: { ...terms, release, need: 2, revoked: [], domains: [] },
}), [root])) as RolesOp
const loose = openOp(signPayload(encodePayload({
  type: 'roles', identity: genesis.identity, seq: 2, prev: strict.id, at: 2, body: { ...terms, release, need: 1, revoked: [], domains: [] },
}), [root])) as RolesOp
const chain: readonly ChainOp[] = [genesis, strict, loose]
const name = parsePackageName('tool')
const template = new Publisher('anybody').release(name, '1.0.0').body

const signed = (change: Partial<ReleaseBody>, keys: readonly KeyPair[], prev?: ReleaseOp): ReleaseOp => {
  const [feed] = keys
  assert(feed !== undefined)
  const place = prev === undefined || prev.feed !== feed.publicKey ? { seq: 0 } : { seq: prev.seq + 1, prev: prev.id }
  const body = { ...template, roles: strict.id, provenance: [genesis.id], ...change }
  return openOp(signPayload(encodePayload({ type: 'release', identity: genesis.identity, feed: feed.publicKey, ...place, at: 3, body }), keys)) as ReleaseOp
}

const good = signed({}, [first, second])
const version = '1.0.1' as ReleaseBody['version']
const WEAKER: Readonly<Record<string, ReleaseOp>> = {
  scripts: signed({ version, scripts: true }, [first, second], good),
  signatures: signed({ version }, [first], good),
  people: signed({ version }, [machine], undefined),
  key: signed({ version }, [second, first]),
  threshold: signed({ version, roles: loose.id }, [first, second], good),
  provenance: signed({ version, provenance: [] }, [first, second], good),
}

test('Six kinds of downgrade, six refused; accepting one is told', async (context) => {
  const clock = new TestClock()
  await using node: TestMarketplace = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const admissions = new Admissions(node.catalogue, clock)
  for (const op of [...chain, good]) admissions.admit(op.bytes)
  const views = createViews(node.catalogue)
  const check = new InstallCheck({ trust: node.trust, catalogue: node.catalogue, views, clock, coolDownMs: 0, isOwn: () => false })
  const view = views.package(genesis.identity, name)
  assert(view !== undefined)
  check.assertNoDowngrade(good, view)
  check.remember(good, view)
  const refused = Object.entries(WEAKER).filter(([kind, op]) => {
    try {
      check.assertNoDowngrade(op, view)
      return false
    } catch (error) {
      assert(error instanceof GgenError && error.code === 'downgrade')
      assert((error.details['downgrades'] as readonly string[]).includes(kind), `${kind}: ${String(error.details['downgrades'])}`)
      return true
    }
  })
  assert.equal(refused.length, Object.keys(WEAKER).length)

  admissions.admit(WEAKER['scripts']?.bytes ?? new Uint8Array())
  const spec = parsePackageSpec(`@${genesis.identity}/tool`)
  const never = new AbortController().signal
  await assert.rejects(node.marketplace.fetch({ spec }, never), { code: 'downgrade' })
  await assert.rejects(node.marketplace.fetch({ spec, acceptDowngrade: true }, never), { code: 'no-holder' })
  const told = node.events.filter(({ type }) => type === 'downgrade-accepted')
  assert.deepEqual(told.map((event) => 'downgrades' in event && event.downgrades), [['scripts']])
  context.diagnostic(`${refused.length} of ${Object.keys(WEAKER).length} kinds refused`)
})
