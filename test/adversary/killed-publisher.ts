import assert from 'node:assert/strict'
import { type IdentityId, isGgenError, type OpId, type PackageName, parsePackageSpec, type PublicKey, toGgenError, type Version } from '#core'
import type { ControlClient } from '#doors/control'
import { createIdentity, type KeyPair, keyPairFromSeed, reopenOp, type Signature, signingBytes } from '#trust'
import { seeded, TEST_EPOCH } from '#testing'

const never = new AbortController().signal

/** What a publisher does with the node: a release, a word about one, or another release key in the place of the one before. */
export type Action =
  | { readonly kind: 'publish'; readonly path: string }
  | { readonly kind: 'yank'; readonly spec: string }
  | { readonly kind: 'rotate' }

/** What the terminal held in its hand when the node was gone. */
export interface Attempt {
  unsigned?: { readonly intent: OpId; readonly payload: Uint8Array }
  /** Acknowledged. */
  op?: OpId
}

const signatureOf = (key: KeyPair, payload: Uint8Array): Signature => ({ key: key.publicKey, signature: key.sign(signingBytes(payload)) })

/** A terminal whose node may be gone at any moment. */
export class KilledPublisher {
  readonly identity: IdentityId
  readonly #genesis: Uint8Array
  readonly #root: KeyPair
  readonly #seeds: ReturnType<typeof seeded>
  #key: KeyPair
  #next: KeyPair

  constructor(seed: string) {
    this.#seeds = seeded(`${seed} keys`)
    const { identity, genesis, root, release } = createIdentity(seeded(seed), TEST_EPOCH)
    this.identity = identity
    this.#genesis = genesis
    this.#root = keyPairFromSeed(root)
    this.#key = keyPairFromSeed(release)
    this.#next = this.#newKey()
  }

  /** Does it, as far as the node lives to answer. */
  async attempt(client: ControlClient, action: Action): Promise<Attempt> {
    const attempt: Attempt = {}
    try {
      attempt.op = await this.#act(client, action, attempt)
    } catch (error) {
      assert.ok(toGgenError(error).code !== 'internal', String(error))
    }
    return attempt
  }

  /** The signature of the interrupted attempt comes late: it counts for what was journalled, or for nothing. */
  async signLate(client: ControlClient, { kind }: Action, { unsigned }: Attempt): Promise<OpId | undefined> {
    if (unsigned === undefined) return undefined
    try {
      return await this.#commit(client, kind, unsigned)
    } catch (error) {
      assert.ok(isGgenError(error, 'publish-expired'), String(error))
      return undefined
    }
  }

  /** Does it again until it is done; the op of the first time, where that was acknowledged. */
  async complete(client: ControlClient, action: Action, acknowledged: OpId | undefined): Promise<OpId> {
    if (action.kind === 'rotate') return this.#completeRotation(client)
    return action.kind === 'yank' && acknowledged !== undefined ? acknowledged : this.#act(client, action, {})
  }

  async #completeRotation(client: ControlClient): Promise<OpId> {
    const last = (await client.chain(this.identity, never)).map(reopenOp).at(-1)
    const isDone = last?.type === 'roles' && last.body.release.some(({ key }) => key === this.#next.publicKey)
    const op = isDone ? last.id : await this.#act(client, { kind: 'rotate' }, {})
    this.#key = this.#next
    this.#next = this.#newKey()
    return op
  }

  /** Prepare, sign, commit; `attempt` hears how far it came. */
  async #act(client: ControlClient, action: Action, attempt: Attempt): Promise<OpId> {
    const asking = { identity: this.identity, chain: [this.#genesis], feed: this.#key.publicKey }
    const prepared = action.kind === 'publish'
      ? await client.prepare({ ...asking, path: action.path }, never)
      : { state: 'unsigned' as const, ...await client.prepareStatement({ ...asking, statement: this.#statement(action) }, never) }
    if (prepared.state === 'published') return prepared.receipt.op
    attempt.unsigned = prepared
    return await this.#commit(client, action.kind, prepared)
  }

  async #commit(client: ControlClient, kind: Action['kind'], { intent, payload }: NonNullable<Attempt['unsigned']>): Promise<OpId> {
    const signatures = [signatureOf(kind === 'rotate' ? this.#root : this.#key, payload)]
    const { op } = kind === 'publish' ? await client.commit(intent, signatures, never) : await client.commitStatement(intent, signatures, never)
    return op
  }

  #statement(action: Exclude<Action, { kind: 'publish' }>): Parameters<ControlClient['prepareStatement']>[0]['statement'] {
    if (action.kind === 'rotate') {
      const add: { readonly key: PublicKey; readonly names: readonly string[] }[] = [{ key: this.#next.publicKey, names: ['*'] }]
      return { type: 'roles', change: { add, revoke: [{ key: this.#key.publicKey, notMine: [] }] } }
    }
    const { name, version } = exactly(action.spec)
    return { type: 'status', name, version, state: 'yanked' }
  }

  #newKey(): KeyPair {
    return keyPairFromSeed(this.#seeds.bytes(32))
  }
}

const exactly = (spec: string): { readonly name: PackageName; readonly version: Version } => {
  const { name } = parsePackageSpec(spec)
  return { name, version: spec.slice(spec.lastIndexOf('@') + 1) as Version }
}
