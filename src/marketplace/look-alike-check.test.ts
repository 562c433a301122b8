import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type IdentityId, LIMITS, type NameVerdict, parsePackageName, type TrustReport } from '#core'
import { openOp } from '#trust'
import { Publisher } from '#testing'
import { LookAlikeCheck } from './look-alike-check.ts'
import { type LookAlikeScene, lookAlikeScene, someone } from './look-alike-scene.conformance.ts'

const AHEAD = LIMITS.lookAlikeAheadMs
const [ada, eve, bob] = ['ada', 'eve', 'bob'].map(someone) as [IdentityId, IdentityId, IdentityId]

const report = (name: string, verdict: NameVerdict, claimed: readonly IdentityId[] = []): TrustReport =>
  ({ name: parsePackageName(name), verdict, claims: claimed.map((identity) => ({ identity, evidence: [] })), claimCount: claimed.length })

const shownBy = async (scene: LookAlikeScene, asked: TrustReport): Promise<readonly string[]> => {
  using check = new LookAlikeCheck(scene)
  return (await check.ofReport(asked)).map(({ known, kind, because }) => `${known} ${kind} ${because}`)
}

/** What a name of one publisher, for whom nothing speaks, is taken for. */
const taken = (scene: LookAlikeScene, name: string, publisher = eve): Promise<readonly string[]> =>
  shownBy(scene, report(name, { outcome: 'unverified', identity: publisher }))

describe('a name that looks like a known one', () => {
  test('is compared with what is bound here and what the configuration names, whoever is older', async () => {
    const scene = lookAlikeScene()
    scene.hear(eve, 'lodahs', 'acme-tooi', 'other')
    scene.clock.advance(2 * AHEAD)
    scene.pin(ada, 'lodash')
    scene.namespaces.set('acme-tool', ada).set('acme-*', ada)
    assert.deepEqual(await taken(scene, 'lodahs'), ['lodash swapped bound'])
    assert.deepEqual(await taken(scene, 'acme-tooi'), ['acme-tool digits configured'])
    assert.deepEqual(await taken(scene, 'other'), [])
    assert.deepEqual(await taken(scene, 'lodahs', ada), [], 'a family')
  })

  test('is no look-alike where something binds it, also where it is bound to somebody else', async () => {
    const scene = lookAlikeScene()
    scene.pin(ada, 'lodash')
    const binding = [{ kind: 'pinned', since: 1, how: 'chosen' }, { kind: 'locked' }, { kind: 'chosen' }, { kind: 'namespace', pattern: 'lo*' }] as const
    for (const evidence of binding) assert.deepEqual(await shownBy(scene, report('lodahs', { outcome: 'trusted', identity: eve, evidence })), [])
    assert.deepEqual(await shownBy(scene, report('lodahs', { outcome: 'changed', pinned: eve, other: bob, evidence: { kind: 'locked' } })), [])
    assert.deepEqual(await shownBy(scene, report('lodahs', { outcome: 'blocked', identity: eve, block: { by: 'you' } })), [])
    using check = new LookAlikeCheck(scene)
    const [name] = [parsePackageName('lodahs')]
    assert.deepEqual((await check.ofNew(name, eve)).map(({ identity }) => identity), [ada])
    scene.pin(eve, 'lodahs')
    assert.deepEqual(await check.ofNew(name, eve), [])
  })

  test('is compared with names of the catalogue that have been known for much longer, and with no others', async () => {
    const scene = lookAlikeScene()
    scene.hear(ada, 'lodash')
    scene.clock.advance(AHEAD - 1000)
    scene.hear(eve, 'lodahs')
    scene.clock.advance(1000)
    scene.hear(eve, 'l0dash')
    assert.deepEqual(await taken(scene, 'lodahs'), [])
    assert.deepEqual(await taken(scene, 'l0dash'), ['lodash digits older'])
    assert.deepEqual(await taken(scene, 'lodash', ada), [], 'the one that was there is none')
    scene.clock.advance(10 * AHEAD)
    assert.deepEqual(await taken(scene, 'lodahs'), [], 'time alone changes nothing between two')
    assert.deepEqual(await shownBy(scene, report('lodasch', { outcome: 'unknown' })), ['lodash letter older'])
  })

  test('is as young as under the latest of its publishers, and one of whom it is no family is enough', async () => {
    const scene = lookAlikeScene()
    scene.hear(ada, 'lodash', 'lodahs')
    scene.clock.advance(AHEAD)
    scene.hear(eve, 'lodahs')
    assert.deepEqual(await shownBy(scene, report('lodahs', { outcome: 'contested' }, [ada, eve])), ['lodash swapped older'])
    assert.deepEqual(await taken(scene, 'lodahs', ada), [])
    scene.hear(eve, 'lodash')
    assert.deepEqual(await taken(scene, 'lodahs'), ['lodash swapped older'], 'who copies both names is no family of the first')
  })

  test('is not compared with what is blocked', async () => {
    const scene = lookAlikeScene()
    scene.hear(ada, 'lodash')
    scene.clock.advance(AHEAD)
    scene.trust.memory.block({ identity: ada, since: 1 })
    scene.words.forget()
    assert.deepEqual(await taken(scene, 'lodahs'), [])
  })
})

describe('a name of a publisher that others vouch for', () => {
  const [list, author] = [new Publisher('list'), new Publisher('author')]

  const vouching = (): LookAlikeScene => {
    const scene = lookAlikeScene()
    for (const op of [openOp(list.genesis), openOp(author.genesis), author.release('lodash', '1.0.0')]) scene.catalogue.putOp(op)
    scene.hear(author.identity, 'lodash')
    scene.trust.memory.follow({ identity: list.identity, since: 1 })
    return scene
  }
  const say = (scene: LookAlikeScene, level: 'vouch' | 'block' | 'none'): void => {
    const op = list.endorse(author.identity, { level })
    scene.catalogue.putOp(op)
    scene.words.hear(op)
  }

  test('is known at once, and no more when they take it back', async () => {
    const scene = vouching()
    scene.words.forget()
    using check = new LookAlikeCheck(scene)
    const ask = async (verdict: NameVerdict): Promise<readonly string[]> =>
      (await check.ofReport(report('lodahs', verdict))).map(({ known, because }) => `${known} ${because}`)
    const unverified = { outcome: 'unverified', identity: eve } as const
    assert.deepEqual(await ask(unverified), [])
    say(scene, 'vouch')
    assert.deepEqual(await ask(unverified), ['lodash vouched'])
    for (const evidence of [{ kind: 'endorsed', by: [list.identity] }, { kind: 'domain', domain: 'x.io', via: 'dns' }] as const) {
      assert.deepEqual(await ask({ outcome: 'trusted', identity: eve, evidence }), [], 'neither is better known')
    }
    scene.pin(author.identity, 'lodash')
    assert.deepEqual(await ask({ outcome: 'trusted', identity: eve, evidence: { kind: 'endorsed', by: [list.identity] } }), ['lodash bound'])
    scene.trust.removePin(parsePackageName('lodash'))
    say(scene, 'none')
    assert.deepEqual(await ask(unverified), [])
  })

  test('or that a domain proved is known, as far as the longest claim reaches', async () => {
    const scene = lookAlikeScene()
    scene.hear(ada, 'io.ggen.tool', 'io.ggen.rust.tool', 'io.ggenius.tool')
    const claim = (prefix: string, identity: IdentityId) => ({ prefix: parsePackageName(prefix), identity, since: 1 })
    const answers = { https: { state: 'absent' }, txt: { state: 'absent' } } as const
    const memory = { bound: [claim('io.ggen', ada), claim('io.ggen.rust', bob)], rivals: [] }
    scene.trust.putKnownDomain({ domain: 'ggen.io', answers, askedAt: 1, memory })
    using check = new LookAlikeCheck(scene)
    const ask = async (): Promise<number> => (await check.ofReport(report('io.ggen.tooi', { outcome: 'unverified', identity: eve }))).length
    assert.deepEqual([await taken(scene, 'io.ggen.tooi'), await ask()], [['io.ggen.tool digits proven'], 1])
    assert.deepEqual(await taken(scene, 'io.ggen.rust.tooi'), [])
    assert.deepEqual(await taken(scene, 'io.ggenius.tooi'), [])
    scene.trust.putKnownDomain({ domain: 'ggen.io', answers, askedAt: 2, memory: { bound: [claim('io.ggen', bob)], rivals: [] } })
    assert.equal(await ask(), 0, 'the domain names another one now')
  })
})

describe('ten thousand claimed names', () => {
  const FLOOD = 10_000
  /** All that can be made of a name with one slip or by its separators and doubled letters, and then anything. */
  const flood = (name: string): readonly string[] => {
    const letters = [...'abcdefghijklmnopqrstuvwxyz']
    const cuts = [...name].map((_, at) => [name.slice(0, at), name.slice(at)] as const)
    const near = [
      ...cuts.slice(1).map(([a, b]) => `${a}-${b}`), ...cuts.map(([a, b]) => a + b.slice(0, 1) + b),
      ...cuts.flatMap(([a, b]) => letters.flatMap((letter) => [a + letter + b, a + letter + b.slice(1)])),
    ]
    return [...new Set([...near, ...Array.from({ length: FLOOD }, (_, index) => `flood-${index.toString(36)}-x`)])].slice(0, FLOOD)
  }

  test('neither silence a warning nor make one of what comes soon after', async () => {
    const scene = lookAlikeScene()
    scene.hear(ada, 'request')
    scene.clock.advance(AHEAD)
    scene.hear(eve, ...flood('reqeust'), ...flood('honest').slice(0, 500))
    scene.clock.advance(AHEAD - 1000)
    scene.hear(bob, 'reqeust', 'honest')
    assert.deepEqual(await taken(scene, 'reqeust', bob), ['request swapped older'])
    assert.deepEqual(await taken(scene, 'honest', bob), [])
  })

  test('still leave the name that was there before, and what is bound, in front when they have become old', async () => {
    const scene = lookAlikeScene()
    scene.hear(ada, 'request')
    scene.clock.advance(AHEAD)
    scene.hear(eve, ...flood('reqeust'))
    scene.clock.advance(2 * AHEAD)
    scene.hear(bob, 'reqeust')
    const aged = await taken(scene, 'reqeust', bob)
    assert.equal(aged.length, LIMITS.shownLookAlikes)
    assert.ok(aged.includes('request swapped older'), aged.join())
    scene.pin(ada, 'request')
    assert.equal((await taken(scene, 'reqeust', bob))[0], 'request swapped bound')
  })
})
