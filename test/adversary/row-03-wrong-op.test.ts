import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GgenError, isGgenError, parsePackageSpec, type ReleaseOp } from '#core'
import { joinNetwork } from '#network/libp2p'
import { openOp } from '#trust'
import { encodeSearchOps } from '#wire'
import { Publisher, realClock, seeded, smallPackage, until } from '#testing'
import { openRealNode, type RealNode } from '../support/real-node.ts'

const never = new AbortController().signal
const SPEC = parsePackageSpec('tool@2.0.0')

const mallory = new Publisher('mallory')

const forged = ({ bytes }: ReleaseOp): Uint8Array => {
  const text = Buffer.from(bytes).toString('latin1')
  assert.ok(text.includes('1.0.0'))
  return Buffer.from(text.replace('1.0.0', '2.0.0'), 'latin1')
}

/** Where nobody answers, nobody knows whether there is such a package. */
const SILENCE = 'no answer at all'

/** What a peer answers when it is asked for version 2.0.0 of a package, whose older one it has. */
const liesWith = (genesis: Uint8Array, older: ReleaseOp, elsewhere: ReleaseOp): Readonly<Record<string, Uint8Array>> => ({
  'an older version of it': encodeSearchOps({ ops: [genesis, older.bytes] }),
  'that version of something else': encodeSearchOps({ ops: [genesis, elsewhere.bytes] }),
  'the older one, whose version was changed without a key': encodeSearchOps({ ops: [genesis, forged(older)] }),
  'a release without its publisher': encodeSearchOps({ ops: [older.bytes] }),
  'the genesis alone': encodeSearchOps({ ops: [genesis] }),
  'a release under the publisher of another package': encodeSearchOps({ ops: [mallory.genesis, older.bytes] }),
  'nothing': encodeSearchOps({ ops: [] }),
  [SILENCE]: seeded('garbage').bytes(500),
})

/** Asks a liar, and perhaps an honest node, for what it does not know itself. */
const ask = async (lie: Uint8Array, honest?: RealNode): Promise<string> => {
  await using victim = await openRealNode({ light: true, ...(honest !== undefined && { bootstrap: honest.addresses }) })
  await using liar = await joinNetwork({
    listen: [], bootstrap: victim.addresses, mdns: false, clock: realClock, signal: AbortSignal.timeout(10_000),
  })
  liar.answer('/ggen/search/1', async () => lie)
  const peers = honest === undefined ? 1 : 2
  await until('it has met them', () => victim.network.peers().filter(({ protocols }) => protocols.includes('/ggen/search/1')).length === peers)
  try {
    const { name, version, digest } = await victim.marketplace.fetch({ spec: SPEC }, AbortSignal.timeout(20_000))
    assert.equal(digest, (await honest?.marketplace.info(SPEC, never))?.digest)
    return `${name}@${version}`
  } catch (error) {
    assert.ok(isGgenError(error), String(error))
    assert.equal((await victim.blobs.usage()).count, 0, 'nothing was kept')
    return (error as GgenError).code
  }
}

test('a peer that answers with the op of another version or package gets nothing installed, and another peer is believed', async (t) => {
  await using honest = await openRealNode()
  for (const [name, version] of [['tool', '1.0.0'], ['other', '2.0.0'], ['tool', '2.0.0']] as const) await honest.publish(smallPackage(name, version), 'alice')
  const ops = honest.catalogue.arrivals(0, 10).envelopes.map(openOp)
  const [genesis, older, elsewhere] = ops
  assert.ok(genesis?.type === 'genesis' && older?.type === 'release' && elsewhere?.type === 'release')
  assert.deepEqual([older.body.version, elsewhere.body.name, ops.length], ['1.0.0', 'other', 4])
  const lies = Object.entries(liesWith(genesis.bytes, older, elsewhere))
  for (const [name, lie] of lies) assert.match(await ask(lie), name === SILENCE ? /^timeout$/ : /^(?:version|package)-not-found$/, name)
  for (const [name, lie] of lies) assert.equal(await ask(lie, honest), 'tool@2.0.0', name)
  t.diagnostic(`${lies.length} lies: ${lies.length} typed errors where the liar is alone, ${lies.length} right and 0 wrong beside an honest peer`)
})
