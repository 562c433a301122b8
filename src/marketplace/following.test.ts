import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type AdvisoryStatement, type Digest, type EndorseStatement, type IdentityId, LIMITS, type OpinionStatement, parsePackageName, parsePackageSpec, parseVersion,
} from '#core'
import { memoryHub } from '#network'
import { createIdentity, keyPairFromSeed, signingBytes } from '#trust'
import { decodeBlobAnswer, encodeBlobQuestion } from '#wire'
import { openMarketplace, seeded, smallPackage, TEST_EPOCH, TestClock, type TestMarketplace, until } from '#testing'
import type { FollowList } from './following.ts'

const never = new AbortController().signal
const name = parsePackageName('tool')
const spec = parsePackageSpec('tool')
const made = createIdentity(seeded('list'), TEST_EPOCH)
const LIST = made.identity
const key = keyPairFromSeed(made.release)

/** What the terminal of the one who keeps the list does: prepare, sign, commit. */
const say = async ({ marketplace }: TestMarketplace, statement: OpinionStatement): Promise<void> => {
  const request = { identity: LIST, chain: [made.genesis], feed: key.publicKey, statement }
  const { intent, payload } = await marketplace.speaking.prepare(request, never)
  await marketplace.speaking.commit(intent, [{ key: key.publicKey, signature: key.sign(signingBytes(payload)) }], never)
}

const block = (target: IdentityId, said: Partial<EndorseStatement> = {}): EndorseStatement =>
  ({ type: 'endorse', target, names: [], level: 'block', why: 'malware', ...said })

const advise = (target: IdentityId, said: Partial<AdvisoryStatement> = {}): AdvisoryStatement =>
  ({ type: 'advisory', target, name, range: '<1.1.0', severity: 'critical', why: 'takes keys', fix: parseVersion('1.1.0'), ...said })

interface Scene extends AsyncDisposable {
  readonly author: TestMarketplace
  readonly list: TestMarketplace
  readonly user: TestMarketplace
  readonly stranger: TestMarketplace
  /** Everybody but the user and the stranger leaves. */
  readonly cutOff: () => void
  readonly ada: IdentityId
  readonly digest: Digest
  readonly sizeBytes: number
}

/** A publisher, one who keeps a list, a user who has the package, and somebody who only asks for bytes. */
const scene = async (): Promise<Scene> => {
  await using opened = new AsyncDisposableStack()
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const open = async (): Promise<TestMarketplace> => opened.use(await openMarketplace({ hub, clock }))
  const [author, list, user, stranger] = [await open(), await open(), await open(), await open()]
  for (const node of [author, list, stranger]) hub.link(node.network.self, user.network.self)
  const { identity: ada, digest, sizeBytes } = await author.publish(smallPackage('tool'), 'ada')
  await user.marketplace.fetch({ spec }, never)
  const all = opened.move()
  const cutOff = (): void => {
    for (const node of [author, list]) hub.cut(node.network.self, user.network.self)
  }
  return { author, list, user, stranger, cutOff, ada, digest, sizeBytes, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

/** Whether the user gives the archive to somebody who knows its digest. */
const gives = async ({ user, stranger, digest, sizeBytes }: Scene): Promise<boolean> => {
  const question = encodeBlobQuestion({ digest, offset: 0, length: sizeBytes })
  return decodeBlobAnswer(await stranger.network.ask(user.network.self, '/ggen/blob/1', question, never))?.bytes.length === sizeBytes
}

const outcome = async ({ marketplace }: TestMarketplace, text = 'tool', acceptAdvisory = false): Promise<string> =>
  marketplace.fetch({ spec: parsePackageSpec(text), acceptAdvisory }, never).then(({ version }) => version, (error: { code: string }) => error.code)

const arrived = ({ user, ada }: Scene, count = 1): Promise<unknown> =>
  until('the user has heard it', () => user.catalogue.opinions(LIST, ada, 9).length === count)

describe('following', () => {
  test('keeps out what is blocked and gives it to nobody, offline too, until it is let go', async () => {
    await using all = await scene()
    const { list, user, cutOff, ada } = all
    await say(list, block(ada))
    await arrived(all)
    assert.deepEqual([await outcome(user), await gives(all)], ['1.0.0', true], 'who is not followed says nothing')
    const followed = await user.marketplace.following.follow(LIST)
    assert.deepEqual([followed.identity, followed.knownSince !== undefined], [LIST, true])
    cutOff()
    assert.deepEqual([await outcome(user), await outcome(user, `@${ada}/tool`), await gives(all)], ['denied', 'denied', false])
    assert.deepEqual((await user.marketplace.info(spec, never)).blocked, { by: LIST, why: 'malware' })
    const { verdict } = await user.marketplace.trusting.why(name, never)
    assert.deepEqual(verdict, { outcome: 'blocked', identity: ada, block: { by: LIST, why: 'malware' } })
    await user.marketplace.following.unfollow(LIST)
    assert.deepEqual([await outcome(user), await gives(all)], ['1.0.0', true])
  })

  test('heeds advice: other versions are chosen, and these are refused by name and given to nobody', async () => {
    await using all = await scene()
    const { author, list, user, cutOff, ada } = all
    await author.publish(smallPackage('tool', '1.1.0'), 'ada')
    await user.marketplace.following.follow(LIST)
    assert.equal(await outcome(user, 'tool@1.1.0'), '1.1.0')
    await say(list, advise(ada))
    await arrived(all)
    cutOff()
    const outcomes = [await outcome(user, 'tool@^1'), await outcome(user, 'tool@1.0.0'), await outcome(user, 'tool@<1.1')]
    assert.deepEqual(outcomes, ['1.1.0', 'advised-against', 'advised-against'])
    await assert.rejects(user.marketplace.fetch({ spec: parsePackageSpec('tool@1.0.0') }, never), { message: /critical.*takes keys/, hint: /1\.1\.0/ })
    await assert.rejects(user.marketplace.keeping.pin(parsePackageSpec('tool@1.0.0'), never), { code: 'advised-against' })
    assert.equal(await gives(all), false)
    assert.deepEqual((await user.marketplace.info(parsePackageSpec('tool@1.0.0'), never)).advice?.map(({ severity }) => severity), ['critical'])
    assert.equal((await user.marketplace.info(spec, never)).advice, undefined)
    assert.equal((await user.marketplace.trusting.why(name, never)).claims[0]?.advice?.length, 1)
    assert.equal(await outcome(user, 'tool@1.0.0', true), '1.0.0', 'the user may go against it')
    assert(user.events.some((event) => event.type === 'advisory-accepted' && event.by === LIST && event.severity === 'critical'))
  })

  test('heeds what is taken back, in the second in which it was said', async () => {
    await using all = await scene()
    const { list, user, ada } = all
    await user.marketplace.following.follow(LIST)
    for (const severity of ['high', 'none'] as const) await say(list, advise(ada, { severity }))
    await arrived(all, 2)
    assert.equal(await outcome(user, 'tool@1.0.0'), '1.0.0')
    for (const level of ['block', 'none', 'block'] as const) await say(list, block(ada, { level }))
    await arrived(all, 5)
    assert.equal(await outcome(user), 'denied')
  })

  test('lets what is moderate be, and shows it', async () => {
    await using all = await scene()
    const { list, user, ada } = all
    await user.marketplace.following.follow(LIST)
    await say(list, advise(ada, { severity: 'moderate' }))
    await arrived(all)
    assert.deepEqual([await outcome(user), await outcome(user, 'tool@1.0.0'), await gives(all)], ['1.0.0', '1.0.0', true])
    assert.equal((await user.marketplace.info(spec, never)).advice?.[0]?.severity, 'moderate')
  })

  test('tells apart who claims a name, when one of them is vouched for', async () => {
    await using all = await scene()
    const { author, list, user, ada } = all
    await author.publish(smallPackage('tool', '9.0.0'), 'eve')
    await user.marketplace.trusting.remove(name)
    assert.equal(await outcome(user), 'name-contested')
    await say(list, block(ada, { level: 'vouch', names: [name] }))
    await arrived(all)
    await user.marketplace.following.follow(LIST)
    assert.deepEqual([await outcome(user), user.trust.pin(name)?.how], ['1.0.0', 'endorsed'])
  })

  test('is remembered with who was known, once each, and let go by name', async () => {
    await using all = await scene()
    const { user, ada } = all
    const { following } = user.marketplace
    const first = await following.follow(LIST)
    assert.equal(first.knownSince, undefined, 'nobody here has heard of the list')
    assert.deepEqual(await following.follow(LIST), first)
    await following.follow(ada)
    assert.deepEqual((await following.followed()).map(({ identity }) => identity).sort(), [LIST, ada].sort())
    assert.equal((await following.unfollow(ada)).identity, ada)
    await assert.rejects(following.unfollow(ada), { code: 'not-followed' })
  })
})

describe('following a publisher of whom nothing was kept', () => {
  type Pair = AsyncDisposable & Record<'list' | 'user', TestMarketplace> & { readonly clock: TestClock }

  const open = async (options: Partial<Parameters<typeof openMarketplace>[0]>): Promise<Pair> => {
    await using opened = new AsyncDisposableStack()
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    const list = opened.use(await openMarketplace({ hub, clock }))
    const user = opened.use(await openMarketplace({ hub, clock, ...options }))
    const author = opened.use(await openMarketplace({ hub, clock }))
    for (const one of [list, author]) hub.link(one.network.self, user.network.self)
    hub.link(list.network.self, author.network.self)
    const { identity } = await author.publish(smallPackage('tool'), 'ada')
    if (options.light === true) await user.marketplace.fetch({ spec }, never)
    await say(list, block(identity))
    const all = opened.move()
    return { list, user, clock, [Symbol.asyncDispose]: () => all.disposeAsync() }
  }

  test('a light node heeds what was said before at once, and what is said later soon', async () => {
    await using all = await open({ light: true })
    const { list, user, clock } = all
    assert.equal(user.catalogue.knownSince(LIST), undefined, 'it has not heard of it')
    assert.notEqual((await user.marketplace.following.follow(LIST)).knownSince, undefined)
    assert.equal(await outcome(user), 'denied')
    await say(list, block(createIdentity(seeded('ada'), TEST_EPOCH).identity, { level: 'none' }))
    await until('it heeds that this was taken back', async () => {
      clock.advance(LIMITS.syncEveryMs)
      return (await outcome(user)) === '1.0.0'
    })
  })

  test('what was dropped for room comes whole, and is not dropped again', async () => {
    await using all = await open({ quota: { total: 1, perIdentity: LIMITS.identityQuotaBytes } })
    const { user, list } = all
    const ada = createIdentity(seeded('ada'), TEST_EPOCH).identity
    await until('it was here and is gone', () => list.catalogue.opinions(LIST, ada, 9).length === 1 && user.catalogue.opined(LIST, 9).length === 1)
    assert.deepEqual(user.catalogue.opinions(LIST, ada, 9), [])
    await user.marketplace.following.follow(LIST)
    assert.equal(user.catalogue.opinions(LIST, ada, 9).length, 1)
    await list.publish(smallPackage('other'), 'eve')
    await until('others came', () => user.catalogue.claimants(parsePackageName('other')).length === 1)
    assert.equal(user.catalogue.opinions(LIST, ada, 9).length, 1)
  })
})

describe('withdrawing', () => {
  test('has a node stop giving the bytes, and an install say why', async () => {
    await using all = await scene()
    const { author, user } = all
    const { genesis, release, identity } = createIdentity(seeded('ada'), TEST_EPOCH)
    const own = keyPairFromSeed(release)
    const statement = { type: 'status' as const, name, version: parseVersion('1.0.0'), state: 'withdrawn' as const, why: 'secret: holds a token' }
    const { intent, payload } = await author.marketplace.speaking.prepare({ identity, chain: [genesis], feed: own.publicKey, statement }, never)
    await author.marketplace.speaking.commit(intent, [{ key: own.publicKey, signature: own.sign(signingBytes(payload)) }], never)
    await until('the user has heard it', async () => !(await gives(all)))
    await assert.rejects(user.marketplace.fetch({ spec: parsePackageSpec('tool@1.0.0') }, never), { code: 'denied', message: /holds a token/ })
    const question = encodeBlobQuestion({ digest: all.digest, offset: 0, length: 1 })
    assert.equal(decodeBlobAnswer(await user.network.ask(author.network.self, '/ggen/blob/1', question, never)), undefined, 'its publisher stops as well')
  })
})

describe('blocking', () => {
  test('is the word of the user alone, of a publisher or of one name', async () => {
    await using all = await scene()
    const { user, ada } = all
    const { following } = user.marketplace
    type Block = Awaited<ReturnType<FollowList['block']>>
    const blocked: Block = await following.block(ada, { name, why: 'I saw it' })
    assert.deepEqual([await outcome(user), await gives(all)], ['denied', false])
    await assert.rejects(user.marketplace.fetch({ spec }, never), { message: /blocked by you: I saw it/ })
    assert.deepEqual(await following.blocked(), [blocked])
    await assert.rejects(following.unblock(ada, undefined), { code: 'not-blocked' })
    assert.deepEqual(await following.unblock(ada, name), blocked)
    assert.deepEqual([await outcome(user), await gives(all)], ['1.0.0', true])
    await following.block(ada, {})
    assert.equal(await outcome(user), 'denied')
  })
})
