import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { memoryFolder } from '#archive'
import { LIMITS, parsePackageName, parsePackageSpec, parseVersion, type Statement, type StatusState, type Version } from '#core'
import { memoryHub } from '#network'
import { createIdentity, type KeyPair, keyPairFromSeed, signingBytes } from '#trust'
import { openMarketplace, seeded, smallPackage, TEST_EPOCH, TestClock, type TestMarketplace, until } from '#testing'
import type { Publishing } from './publishing.ts'
import type { PublishReceipt } from './marketplace.ts'

const never = new AbortController().signal
const name = parsePackageName('tool')
const made = createIdentity(seeded('ada'), TEST_EPOCH)
const [root, release] = [keyPairFromSeed(made.root), keyPairFromSeed(made.release)]

type Said = ReturnType<Publishing['commitStatement']>

/** What the terminal does: prepare, sign, commit. */
const say = (node: TestMarketplace, statement: Statement, keys: readonly KeyPair[] = [release]): Said =>
  sayWith(node, statement, { speaker: release, keys })

interface Signing {
  readonly speaker: KeyPair
  readonly keys?: readonly KeyPair[]
}

const sayWith = async ({ marketplace }: TestMarketplace, statement: Statement, { speaker, keys = [speaker] }: Signing): Said => {
  const request = { identity: made.identity, chain: [made.genesis], feed: speaker.publicKey, statement }
  const { intent, payload } = await marketplace.speaking.prepare(request, never)
  return await marketplace.speaking.commit(intent, keys.map((key) => ({ key: key.publicKey, signature: key.sign(signingBytes(payload)) })), never)
}

const status = (state: StatusState, version: string = '1.0.0'): Statement => ({ type: 'status', name, version: parseVersion(version), state, why: 'because' })

const standing = async ({ marketplace }: TestMarketplace): Promise<string> =>
  (await marketplace.info(parsePackageSpec('tool'), never)).versions.map((one) => `${one.version} ${one.standing}`).join()

const openAlone = (): Promise<TestMarketplace> => {
  const clock = new TestClock()
  return openMarketplace({ hub: memoryHub({ clock }), clock })
}

describe('what a publisher says beside releases', () => {
  test('reaches everybody who has the package, and can be taken back', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    await using a = await openMarketplace({ hub, clock })
    await using b = await openMarketplace({ hub, clock })
    hub.link(a.network.self, b.network.self)
    await a.publish(smallPackage('tool', '1.0.0'), 'ada')
    await a.publish(smallPackage('tool', '1.1.0'), 'ada')
    await until('b knows both', async () => b.catalogue.counts().releases === 2)
    for (const [state, shown] of [['yanked', '1.1.0 yanked,1.0.0 live'], ['live', '1.1.0 live,1.0.0 live']] as const) {
      const { peers, identity } = await say(a, status(state, '1.1.0'))
      assert.deepEqual([peers, identity], [1, made.identity])
      await until(`b knows that it is ${state}`, async () => (await standing(b)) === shown)
    }
  })

  test('counts in the order in which it was said, also within one second and by several keys', async () => {
    await using a = await openAlone()
    await a.publish(smallPackage('tool', '1.0.0'), 'ada')
    await a.publish(smallPackage('tool', '1.1.0'), 'ada')
    const second = keyPairFromSeed(new Uint8Array(32).fill(11))
    await say(a, { type: 'roles', change: { add: [{ key: second.publicKey, names: ['*'] }] } }, [root])
    const one = parseVersion('1.1.0')
    const words: readonly (readonly [version: Version | '*', state: StatusState])[] = [
      [one, 'yanked'], [one, 'live'], ['*', 'deprecated'], [one, 'yanked'], ['*', 'live'], [one, 'deprecated'], ['*', 'live'], ['*', 'deprecated'],
    ]
    for (const [turn, [version, state]] of words.entries()) {
      await sayWith(a, { type: 'status', name, version, state }, { speaker: turn % 2 === 0 ? release : second })
      assert.match(await standing(a), new RegExp(`^1\\.1\\.0 ${state},1\\.0\\.0 ${version === '*' ? state : ''}`), `turn ${turn}`)
    }
  })

  test('comes to nothing when another word on the same was quicker, so that it can be said after that', async () => {
    await using a = await openAlone()
    const { identity: target } = await a.publish(smallPackage('other'), 'eve')
    await a.publish(smallPackage('tool', '1.0.0'), 'ada')
    const second = keyPairFromSeed(new Uint8Array(32).fill(11))
    await say(a, { type: 'roles', change: { add: [{ key: second.publicKey, names: ['*'] }] } }, [root])
    const statements: readonly Statement[] = [status('yanked'), { type: 'endorse', target, names: [], level: 'block' }]
    for (const statement of statements) {
      const prepared = await Promise.all([release, second].map(async (key) => {
        const request = { identity: made.identity, chain: [made.genesis], feed: key.publicKey, statement }
        const { intent, payload } = await a.marketplace.speaking.prepare(request, never)
        return { intent, signatures: [{ key: key.publicKey, signature: key.sign(signingBytes(payload)) }] }
      }))
      const [first, late] = prepared as [(typeof prepared)[0], (typeof prepared)[0]]
      await a.marketplace.speaking.commit(first.intent, first.signatures, never)
      await assert.rejects(a.marketplace.speaking.commit(late.intent, late.signatures, never), { code: 'publish-expired' })
      await sayWith(a, statement, { speaker: second })
    }
  })

  test('is finished after a crash between the signature and the network', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    await using a = await openMarketplace({ hub, clock })
    await a.publish(smallPackage('tool'), 'ada')
    const { op } = await say(a, status('deprecated'))
    const { seq, payload } = { seq: 5, payload: Buffer.from('never signed') }
    a.trust.putIntent({ id: made.identity, identity: made.identity, name, feed: release.publicKey, seq, payload, state: 'prepared', createdAt: 0 })
    await using again = await openMarketplace({ hub, clock, trust: a.trust })
    assert(again.catalogue.hasOp(op))
    assert.deepEqual(a.trust.intents(), [], 'what nobody signed is forgotten')
  })

  test('may be who speaks from now on: the old key publishes no more', async () => {
    await using a = await openAlone()
    await a.publish(smallPackage('tool'), 'ada')
    const fresh = keyPairFromSeed(new Uint8Array(32).fill(7))
    const change = { add: [{ key: fresh.publicKey, names: ['*'] }], revoke: [{ key: release.publicKey, notMine: [] }] }
    await say(a, { type: 'roles', change }, [root])
    assert.equal(await standing(a), '1.0.0 live', 'what it signed before still counts')
    await assert.rejects(a.publish(smallPackage('tool', '2.0.0'), 'ada'), { code: 'denied' })
    await assert.rejects(say(a, status('yanked')), { code: 'denied' })
  })

  test('is refused with a key that may not say it, and for what is not there', async () => {
    await using a = await openAlone()
    await assert.rejects(say(a, status('yanked')), { code: 'package-not-found' })
    await a.publish(smallPackage('tool'), 'ada')
    await assert.rejects(say(a, status('yanked', '3.0.0')), { code: 'version-not-found' })
    await assert.rejects(say(a, { type: 'roles', change: { need: 1 } }, [release]), { code: 'denied' })
    assert(a.trust.intents().every(({ state }) => state === 'prepared'), 'what can never count is not kept')
  })
})

describe('what several keys have to sign', () => {
  const machine = keyPairFromSeed(new Uint8Array(32).fill(8))
  const terms = { add: [{ key: machine.publicKey, names: ['*'], auto: true }], need: 2, human: 1 }

  const stage = async ({ marketplace }: TestMarketplace): Promise<PublishReceipt> => {
    const prepared = await marketplace.prepare({ path: '/', identity: made.identity, chain: [made.genesis], feed: machine.publicKey }, never)
    assert(prepared.state === 'unsigned')
    return await marketplace.commit(prepared.intent, [{ key: machine.publicKey, signature: machine.sign(signingBytes(prepared.payload)) }])
  }

  test('waits, and is released by the one that was missing; who was away hears of it when it compares', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    await using ci = await openMarketplace({ hub, clock })
    await using person = await openMarketplace({ hub, clock })
    await using user = await openMarketplace({ hub, clock })
    await using late = await openMarketplace({ hub, clock })
    for (const other of [person, user, late]) hub.link(ci.network.self, other.network.self)
    await ci.publish(smallPackage('tool'), 'ada')
    await say(ci, { type: 'roles', change: terms }, [root])
    ci.source({ kind: 'folder', tree: memoryFolder(smallPackage('tool', '1.1.0')) })
    const { staged } = await stage(ci)
    assert.deepEqual(staged, { signatures: 1, need: 2, people: 0, human: 1 })
    await until('everybody has it', async () => [person, user, late].every(({ catalogue }) => catalogue.counts().releases === 2))
    assert.equal(await standing(user), '1.0.0 live', 'nobody can choose it')
    await assert.rejects(stage(ci), { code: 'conflict' })

    hub.cut(ci.network.self, late.network.self)
    const [waiting] = await person.marketplace.speaking.staged(made.identity)
    assert(waiting?.says === 'release')
    assert.equal(waiting.version, '1.1.0')
    const { op, payload } = await person.marketplace.speaking.prepareApproval({ identity: made.identity, chain: [made.genesis], name }, never)
    const signatures = [{ key: release.publicKey, signature: release.sign(signingBytes(payload)) }]
    assert.deepEqual((await person.marketplace.speaking.approve(op, signatures, never)).people, 1)
    await until('the user may choose it', async () => (await standing(user)) === '1.1.0 live,1.0.0 live')
    assert.deepEqual(await person.marketplace.speaking.staged(made.identity), [])
    assert.equal(await standing(late), '1.0.0 live')
    clock.advance(LIMITS.syncEveryMs)
    hub.link(user.network.self, late.network.self)
    await until('the late one hears of it', async () => (await standing(late)) === '1.1.0 live,1.0.0 live')
  })

  test('is a word about somebody else too: it counts for those who follow when the last signature is there', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    await using ci = await openMarketplace({ hub, clock })
    await using person = await openMarketplace({ hub, clock })
    await using user = await openMarketplace({ hub, clock })
    for (const other of [ci, person]) hub.link(other.network.self, user.network.self)
    hub.link(ci.network.self, person.network.self)
    const { identity: eve } = await ci.publish(smallPackage('tool'), 'eve')
    await say(ci, { type: 'roles', change: terms }, [root])
    await user.marketplace.following.follow(made.identity)
    const outcome = (): Promise<string> => user.marketplace.fetch({ spec: parsePackageSpec('tool') }, never).then(() => 'installed', ({ code }) => code)
    for (const [level, before, after] of [['block', 'installed', 'denied'], ['none', 'denied', 'installed']] as const) {
      const statement: Statement = { type: 'endorse', target: eve, names: [], level }
      const said = await sayWith(ci, statement, { speaker: machine })
      assert.deepEqual(said.staged, { signatures: 1, need: 2, people: 0, human: 1 })
      await until('everybody has it', () => [person, user].every(({ catalogue }) => catalogue.hasOp(said.op)))
      assert.equal(await outcome(), before, `${level} says nothing yet`)

      const [waiting] = await person.marketplace.speaking.staged(made.identity)
      assert(waiting?.says === 'opinion')
      assert.deepEqual([waiting.op, waiting.opinion, waiting.people], [said.op, statement, 0])
      const { payload } = await person.marketplace.speaking.prepareApproval({ identity: made.identity, chain: [made.genesis], op: said.op }, never)
      const signatures = [{ key: release.publicKey, signature: release.sign(signingBytes(payload)) }]
      assert.equal((await person.marketplace.speaking.approve(said.op, signatures, never)).people, 1)
      await until(`the user heeds it: ${level}`, async () => {
        // A young publisher that says so much is not passed on at once: then comparing has to show it.
        clock.advance(LIMITS.syncEveryMs)
        return (await outcome()) === after
      })
      assert.deepEqual(await person.marketplace.speaking.staged(made.identity), [])
      const again = person.marketplace.speaking.prepareApproval({ identity: made.identity, chain: [made.genesis], op: said.op }, never)
      await assert.rejects(again, { code: 'version-not-found' })
    }
  })

  test('comes together where different halves of it were signed on different nodes', async () => {
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    await using one = await openMarketplace({ hub, clock })
    await using other = await openMarketplace({ hub, clock })
    hub.link(one.network.self, other.network.self)
    const third = keyPairFromSeed(new Uint8Array(32).fill(10))
    const change = { add: [machine, third].map(({ publicKey: key }) => ({ key, names: ['*'] })), need: 3 }
    await say(one, { type: 'roles', change }, [root])
    const { op } = await say(one, { type: 'endorse', target: made.identity, names: [], level: 'vouch' })
    await until('both have it', () => other.catalogue.hasOp(op))
    hub.cut(one.network.self, other.network.self)
    for (const [{ marketplace }, key] of [[one, machine], [other, third]] as const) {
      const { payload } = await marketplace.speaking.prepareApproval({ identity: made.identity, chain: [made.genesis], op }, never)
      const approved = await marketplace.speaking.approve(op, [{ key: key.publicKey, signature: key.sign(signingBytes(payload)) }], never)
      assert.equal(approved.signatures, 2)
    }
    clock.advance(LIMITS.syncEveryMs)
    hub.link(one.network.self, other.network.self)
    const staged = ({ marketplace: { speaking } }: TestMarketplace) => speaking.staged(made.identity)
    const waiting = async (): Promise<number> => (await Promise.all([one, other].map(staged))).flat().length
    await until('both have the whole one', async () => (await waiting()) === 0)
  })

  test('is approved by nobody whose key may not', async () => {
    await using node = await openAlone()
    await node.publish(smallPackage('tool'), 'ada')
    await say(node, { type: 'roles', change: terms }, [root])
    node.source({ kind: 'folder', tree: memoryFolder(smallPackage('tool', '1.1.0')) })
    await stage(node)
    const { op, payload } = await node.marketplace.speaking.prepareApproval({ identity: made.identity, chain: [made.genesis], name }, never)
    const stranger = keyPairFromSeed(new Uint8Array(32).fill(9))
    const approved = await node.marketplace.speaking.approve(op, [{ key: stranger.publicKey, signature: stranger.sign(signingBytes(payload)) }], never)
    assert.deepEqual([approved.signatures, await standing(node)], [1, '1.0.0 live'], 'a stranger may sign, and it counts for nothing')
  })
})
