import assert from 'node:assert/strict'
import { memoryFolder } from '#archive'
import { type IdentityId, parsePackageName, parseVersion, type ReleaseKey, type RevokedKey } from '#core'
import { memoryHub } from '#network'
import type { Marketplace } from '#marketplace'
import { openMarketplace, seeded, smallPackage, TEST_EPOCH, TestClock, type TestMarketplace, until } from '#testing'
import { createIdentity, type KeyPair, keyPairFromSeed, signingBytes } from '#trust'

const never = new AbortController().signal
const HOUR_MS = 3_600_000

/** What happens, in this order: each builds on those before. */
const SCENES = ['own-folder', 'contested', 'known-publisher', 'changed-key', 'revoked-release', 'needs-others', 'other-wish', 'lost-machine'] as const

export type SceneName = (typeof SCENES)[number]

export const isSceneName = (word: string): word is SceneName => SCENES.some((name) => name === word)

/** A publisher whose keys change. */
class Author {
  readonly identity: IdentityId
  readonly #genesis: Uint8Array
  readonly #root: KeyPair
  #release: KeyPair

  constructor(seed: string) {
    const { identity, genesis, root, release } = createIdentity(seeded(seed), TEST_EPOCH)
    this.identity = identity
    this.#genesis = genesis
    this.#root = keyPairFromSeed(root)
    this.#release = keyPairFromSeed(release)
  }

  async publish({ marketplace, source }: TestMarketplace, files: Parameters<typeof memoryFolder>[0]): Promise<void> {
    source({ kind: 'folder', tree: memoryFolder(files) })
    const { identity } = this
    const prepared = await marketplace.prepare({ path: '/', identity, chain: [this.#genesis], feed: this.#release.publicKey }, never)
    assert.equal(prepared.state, 'unsigned')
    await marketplace.commit(prepared.intent, [signed(this.#release, prepared.payload)])
  }

  /** Says that nobody should choose a version any more. */
  async yank({ marketplace: { speaking } }: TestMarketplace, name: string, version: string): Promise<void> {
    const statement = { type: 'status', name: parsePackageName(name), version: parseVersion(version), state: 'yanked', why: 'breaks pages' } as const
    const { identity } = this
    const { intent, payload } = await speaking.prepare({ identity, chain: [this.#genesis], feed: this.#release.publicKey, statement }, never)
    await speaking.commit(intent, [signed(this.#release, payload)], never)
  }

  /** Another release key in the place of the one before, which signed some releases that its owner did not make. */
  async changeKey({ marketplace: { speaking } }: TestMarketplace, seed: string, notMine: RevokedKey['notMine'] = []): Promise<void> {
    const next = keyPairFromSeed(seeded(seed).bytes(32))
    const add: readonly ReleaseKey[] = [{ key: next.publicKey, names: ['*'] }]
    const statement = { type: 'roles', change: { add, revoke: [{ key: this.#release.publicKey, notMine }] } } as const
    const { identity } = this
    const { intent, payload } = await speaking.prepare({ identity, chain: [this.#genesis], feed: this.#release.publicKey, statement }, never)
    await speaking.commit(intent, [signed(this.#root, payload)], never)
    this.#release = next
  }
}

const signed = (key: KeyPair, payload: Uint8Array) => ({ key: key.publicKey, signature: key.sign(signingBytes(payload)) })

/** The user's node and another one, and what others publish. Time and keys are the same in every run. */
export class TrustScene implements AsyncDisposable {
  readonly #clock: TestClock
  readonly #user: TestMarketplace
  readonly #other: TestMarketplace
  readonly #author = new Author('grace')
  readonly #open: AsyncDisposableStack

  private constructor({ clock, user, other, open }: { clock: TestClock; user: TestMarketplace; other: TestMarketplace; open: AsyncDisposableStack }) {
    this.#clock = clock
    this.#user = user
    this.#other = other
    this.#open = open
  }

  static async open(): Promise<TrustScene> {
    await using open = new AsyncDisposableStack()
    const clock = new TestClock()
    const hub = memoryHub({ clock })
    const user = open.use(await openMarketplace({ hub, clock, policy: { firstUse: 'ask', coolDownMs: 0, namespaces: new Map() } }))
    const other = open.use(await openMarketplace({ hub, clock }))
    hub.link(user.network.self, other.network.self)
    return new TrustScene({ clock, user, other, open: open.move() })
  }

  get user(): Marketplace {
    return this.#user.marketplace
  }

  /** Lets it happen, and waits until the node of the block has heard of it; resolves to that node. */
  async play(scene: SceneName): Promise<Marketplace> {
    this.#clock.advance(HOUR_MS)
    await this.#happen(scene)
    await this.#agree()
    return (scene === 'lost-machine' ? this.#other : this.#user).marketplace
  }

  async #agree(): Promise<void> {
    const [{ catalogue }, { catalogue: known }] = [this.#user, this.#other]
    await until('both nodes know the same', () => catalogue.arrivals(0, 1000).envelopes.length === known.arrivals(0, 1000).envelopes.length)
  }

  async #happen(scene: SceneName): Promise<void> {
    switch (scene) {
      case 'own-folder':
        this.#user.source({ kind: 'folder', tree: memoryFolder(smallPackage('hello', '1.0.0', 'says hello')) })
        return
      case 'contested':
        for (const seed of ['eve', 'mallory']) await new Author(seed).publish(this.#other, smallPackage('logger'))
        return
      case 'known-publisher':
        return await this.#author.publish(this.#other, smallPackage('parser'))
      case 'changed-key':
        await this.#author.changeKey(this.#other, 'second')
        return await this.#author.publish(this.#other, smallPackage('parser', '1.1.0'))
      case 'revoked-release':
        return await this.#author.changeKey(this.#other, 'third', [{ name: parsePackageName('parser'), version: parseVersion('1.1.0') }])
      case 'needs-others':
        return await this.#shareSite(new Author('heidi'))
      case 'other-wish':
      case 'lost-machine':
    }
  }

  /** A package that needs another one, whose newest version is yanked, and that can do without a third, which nobody has. */
  async #shareSite(author: Author): Promise<void> {
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) {
      await author.publish(this.#other, smallPackage('pages', version))
      await this.#agree()
      this.#clock.advance(HOUR_MS)
    }
    await author.yank(this.#other, 'pages', '1.2.0')
    await this.#agree()
    this.#clock.advance(HOUR_MS)
    const site = { name: 'site', version: '2.0.0', dependencies: { pages: '^1' }, optionalDependencies: { 'dark-theme': '*' } }
    await author.publish(this.#other, { 'package.json': JSON.stringify(site) })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#open.disposeAsync()
  }
}
