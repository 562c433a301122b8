import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageSpec, type RolesChange } from '#core'
import { memoryHub } from '#network'
import { createIdentity, keyPairFromSeed, signingBytes } from '#trust'
import { openMarketplace, seeded, smallPackage, TEST_EPOCH, TestClock, type TestMarketplace, until } from '#testing'

/** Row 9 of the threat table: whoever stole a release key publishes 99.0.0 for everybody with a range. */
const never = new AbortController().signal
const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const USERS = 20
const made = createIdentity(seeded('ada'), TEST_EPOCH)
const [root, stolen, fresh] = [keyPairFromSeed(made.root), keyPairFromSeed(made.release), keyPairFromSeed(new Uint8Array(32).fill(7))]

const changeRoles = async ({ marketplace }: TestMarketplace, change: RolesChange): Promise<void> => {
  const request = { identity: made.identity, chain: [made.genesis], feed: stolen.publicKey, statement: { type: 'roles', change } } as const
  const { intent, payload } = await marketplace.speaking.prepare(request, never)
  await marketplace.speaking.commit(intent, [{ key: root.publicKey, signature: root.sign(signingBytes(payload)) }], never)
}

test('Default clients keep the old version a minute later, and never take the new one once the key is revoked', async (context) => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  await using owner = await openMarketplace({ hub, clock })
  await using users = new AsyncDisposableStack()
  const policy = { firstUse: 'ask', coolDownMs: DAY, namespaces: new Map() } as const
  const nodes: TestMarketplace[] = []
  for (let count = 0; count < USERS; count += 1) {
    const node = users.use(await openMarketplace({ hub, clock, policy }))
    hub.link(owner.network.self, node.network.self)
    nodes.push(node)
  }
  await owner.publish(smallPackage('tool', '1.0.0'), 'ada')
  clock.advance(3 * DAY)
  const install = async (node: TestMarketplace, range = ''): Promise<string> =>
    (await node.marketplace.fetch({ spec: parsePackageSpec(`tool${range}`), trust: made.identity }, never)).version
  for (const node of nodes) assert.equal(await install(node), '1.0.0')

  await owner.publish(smallPackage('tool', '99.0.0'), 'ada')
  await until('everybody knows it', () => nodes.every(({ catalogue }) => catalogue.counts().releases === 2))
  clock.advance(MINUTE)
  let kept = 0
  for (const node of nodes) kept += Number((await install(node, '@>=1')) === '1.0.0')

  const name = parsePackageSpec('tool').name
  const notMine = [{ name, version: (await owner.marketplace.info(parsePackageSpec('tool@99.0.0'), never)).version }]
  await changeRoles(owner, { add: [{ key: fresh.publicKey, names: ['*'] }], revoke: [{ key: stolen.publicKey, notMine }] })
  await until('everybody knows that', async () => {
    const seen = await Promise.all(nodes.map((node) => node.marketplace.info(parsePackageSpec('tool'), never)))
    return seen.every(({ versions }) => versions.length === 1)
  })
  clock.advance(10 * DAY)
  let safe = 0
  for (const node of nodes) {
    safe += Number((await install(node, '@>=1')) === '1.0.0')
    await assert.rejects(install(node, '@99.0.0'), { code: 'version-not-found' })
  }
  await assert.rejects(owner.publish(smallPackage('tool', '99.0.1'), 'ada'), { code: 'denied' })
  assert.deepEqual([kept, safe], [USERS, USERS])
  context.diagnostic(`${kept}/${USERS} kept the old version a minute later, ${safe}/${USERS} after the revocation`)
})
