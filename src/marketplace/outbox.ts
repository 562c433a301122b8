import {
  type Clock, type Events, FINISHED, GgenError, isChainOp, isFeedOp, isGgenError, type Op, type OpId, REGISTRY_LIMITS, type RegistryId, type ReleaseOp,
  toGgenError,
} from '#core'
import { parentsFirst } from '#flow/sync'
import type { Publication, Upstream } from '#registry'
import type { BlobStore, Catalogue, TrustStore } from '#store'
import { envelopeId, openOp, reopenOp } from '#trust'
import { Background } from './background.ts'
import type { DeliveryTarget } from './marketplace.ts'
import type { Registries } from './registries.ts'

export interface OutboxParts {
  /** Absent: nobody is handed anything. */
  readonly registries?: Registries
  readonly trust: TrustStore
  readonly catalogue: Catalogue
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly events: Events
  /** Brings and verifies the archive of a release. */
  readonly bring: (release: ReleaseOp, signal: AbortSignal) => Promise<unknown>
}

/**
 * What became of a record so far, at everybody who is to be handed it: none where there is nobody. Waits a bounded time, and not at all for who did not
 * answer lately, unless one `insists`.
 */
export type Settle = (how?: { readonly insists: boolean }) => Promise<readonly DeliveryTarget[]>

const TASK = 'hand what was published to the registry'

/**
 * Hands what is published here to the central registry: in the order in which it was said, until it is stored or refused there. What has still to be handed
 * over is in the trust store and survives a restart. Disposing ends what is under way, which goes on with the next start.
 */
export class Outbox implements AsyncDisposable {
  readonly #parts: OutboxParts
  readonly #background: Background
  readonly #heard = new Map<OpId, PromiseWithResolvers<DeliveryTarget>>()
  #pause = new AbortController()
  #isRunning = false
  /** What is being handed over, and whether it got more signatures meanwhile. */
  #current: { readonly op: OpId; isOld: boolean } | undefined

  constructor(parts: OutboxParts) {
    this.#parts = parts
    this.#background = new Background(parts.events)
  }

  /** How many records wait; absent: there is nobody to hand them to. */
  get pending(): number | undefined {
    const { registries, trust } = this.#parts
    return registries?.central && trust.deliveries.count(registries.central.id)
  }

  /** From now on an op that is in the catalogue is to be handed over; safe to repeat. Lasts when it returns. */
  put(op: Op): Settle {
    const { trust, clock, registries: { central } = {} } = this.#parts
    if (central === undefined) return async () => []
    try {
      this.#assertMayHand(op)
      trust.deliveries.put({ registry: central.id, op: op.id, since: clock.now() })
    } catch (error) {
      if (!isGgenError(error)) throw error
      if (!['token-missing', 'denied', 'too-busy'].includes(error.code)) throw error
      return async () => [targetOf(central.id, 'refused', error)]
    }
    if (this.#current?.op === op.id) this.#current.isOld = true
    const heard = this.#heard.get(op.id) ?? Promise.withResolvers<DeliveryTarget>()
    this.#heard.set(op.id, heard)
    this.run({ insists: false })
    return async ({ insists } = { insists: false }) => {
      if (insists) this.run()
      return [!insists && central.isAvoided ? targetOf(central.id, 'pending') : await this.#await(heard.promise, central.id)]
    }
  }

  /** Goes on with what waits, without a pause, unless `insists` is false and the registry did not answer lately. */
  run({ insists }: { readonly insists: boolean } = { insists: true }): void {
    const { registries: { central, hasToken } = {} } = this.#parts
    if (central === undefined || hasToken !== true) return
    if (insists || !central.isAvoided) this.#pause.abort(FINISHED)
    if (this.#isRunning) return
    this.#isRunning = true
    this.#background.run(TASK, (signal) => this.#handAll(central, signal))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#background[Symbol.asyncDispose]()
  }

  async #handAll(central: Upstream, signal: AbortSignal): Promise<void> {
    const { deliveries } = this.#parts.trust
    try {
      for (let failed = 0; ; ) {
        const next = deliveries.next(central.id)
        if (next === undefined) return
        this.#pause = new AbortController()
        const current = { op: next.op, isOld: false }
        this.#current = current
        const target = await this.#hand(central, next.op, signal)
        this.#current = undefined
        if (target.state === 'pending') {
          failed += 1
          this.#tellAll(target, failed)
          await this.#rest(failed, signal)
          continue
        }
        failed = 0
        if (target.state === 'stored' && current.isOld) continue
        deliveries.remove(central.id, next.op)
        this.#tell(next.op, target)
      }
    } finally {
      this.#current = undefined
      this.#isRunning = false
    }
  }

  /** Throws only the signal's reason. */
  async #hand({ id, patient }: Upstream, op: OpId, signal: AbortSignal): Promise<DeliveryTarget> {
    try {
      await patient.publish(await this.#publicationOf(patient, op, signal), signal)
      return targetOf(id, 'stored')
    } catch (error) {
      signal.throwIfAborted()
      const failure = toGgenError(error)
      // What nobody who is up holds must not keep everything else from being handed over.
      const isWorthAnother = failure.kind.retryable && failure.code !== 'no-holder'
      return targetOf(id, isWorthAnother ? 'pending' : 'refused', failure)
    }
  }

  /** The op with everything that it stands on, as far as the registry has not got it. */
  async #publicationOf(registry: Upstream['patient'], id: OpId, signal: AbortSignal): Promise<Publication> {
    const { catalogue, blobs, bring } = this.#parts
    const bytes = catalogue.opBytes(id)
    if (bytes === undefined) throw new GgenError('publish-expired', `the record ${id} is not here any more`, { hint: 'publish it again' })
    const op = reopenOp(bytes)
    this.#assertMayHand(op)
    const chain = catalogue.chainOps(op.identity)
    const read: Publication['read'] = ({ digest }, reading) => blobs.stream(digest, { signal: reading })
    if (!isFeedOp(op)) return { envelopes: [...parentsFirst(chain, []), ...(isChainOp(op) ? [] : [bytes])], blobs: [], read }
    const { envelopes: known } = await registry.find(op.body.name, signal)
    const isThere = new Set(known.map((envelope) => envelopeId(envelope)))
    const missing = parentsFirst(chain, catalogue.feedOps(op.identity, op.body.name)).filter((envelope) => {
      const one = envelopeId(envelope)
      // There may be more signatures here.
      return one === id || !isThere.has(one)
    })
    const releases = missing.map((envelope) => openOp(envelope)).filter((one) => one.type === 'release')
    for (const release of releases) if ((await blobs.size(release.body.artifact.digest)) === undefined) await bring(release, signal)
    return { envelopes: missing, blobs: releases.map(({ body }) => body.artifact), read }
  }

  /** Throws `token-missing`, and `denied` where the registry must not hear of a name. */
  #assertMayHand({ body }: Op): void {
    const { registries } = this.#parts
    if (registries?.central === undefined) return
    if (registries.hasToken !== true) {
      throw new GgenError('token-missing', 'no token for it is configured', {
        hint: 'set GGEN_REGISTRY_TOKEN to one that its operator made for you, start the node again, and publish the same once more',
      })
    }
    if (registries.central.isPrivate || !('name' in body) || body.name === undefined || !registries.isPrivateName(body.name)) return
    throw new GgenError('denied', `${body.name} is a private name, and this registry is not private`, {
      hint: 'set registry.central_private where only those may ask it who may know the name',
    })
  }

  async #await(heard: Promise<DeliveryTarget>, id: RegistryId): Promise<DeliveryTarget> {
    const over = new AbortController()
    const late = async (): Promise<DeliveryTarget> => {
      await this.#parts.clock.wait(REGISTRY_LIMITS.deliverWaitMs, over.signal)
      return targetOf(id, 'pending')
    }
    try {
      return await Promise.race([heard, late()])
    } finally {
      over.abort(FINISHED)
    }
  }

  /** While one waits, all behind it do. */
  #tellAll(target: DeliveryTarget, failed: number): void {
    if (failed === 1) this.#report(target)
    for (const op of this.#heard.keys()) this.#settle(op, target)
  }

  #tell(op: OpId, target: DeliveryTarget): void {
    if (target.state === 'refused') this.#report(target)
    this.#settle(op, target)
  }

  #settle(op: OpId, target: DeliveryTarget): void {
    this.#heard.get(op)?.resolve(target)
    this.#heard.delete(op)
  }

  #report({ error }: DeliveryTarget): void {
    if (error !== undefined) this.#parts.events.emit({ type: 'task-failed', task: TASK, code: error.code, message: error.message })
  }

  /** Longer after each failure, until somebody wants it done. */
  async #rest(failed: number, signal: AbortSignal): Promise<void> {
    const ms = Math.min(REGISTRY_LIMITS.deliverMaxMs, REGISTRY_LIMITS.deliverFirstMs * 2 ** Math.min(failed - 1, 16))
    await Promise.allSettled([this.#parts.clock.wait(ms, AbortSignal.any([signal, this.#pause.signal]))])
    signal.throwIfAborted()
  }
}

const targetOf = (target: RegistryId, state: DeliveryTarget['state'], failure?: GgenError): DeliveryTarget => {
  if (failure === undefined) return { target, state }
  const { code, message, hint } = failure
  return { target, state, error: { code, message, hint } }
}
