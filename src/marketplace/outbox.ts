import {
  type Clock, type Events, FINISHED, GgenError, isChainOp, isFeedOp, isGgenError, type OneRegistry, type Op, type OpId,
  type PackageName, REGISTRY_LIMITS, type RegistryId, type ReleaseOp, toGgenError,
} from '#core'
import { parentsFirst } from '#flow/sync'
import type { Publication, Upstream } from '#registry'
import type { BlobStore, Catalogue, TrustStore } from '#store'
import { envelopeId, openOp, reopenOp } from '#trust'
import { Background } from './background.ts'
import type { DeliveryTarget } from './marketplace.ts'
import { assertMayHand, type Recipient, recipientOf } from './recipient.ts'
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
export type Settle = (how?: Patience) => Promise<readonly DeliveryTarget[]>

export interface Patience {
  readonly insists: boolean
  /** As usual where it is absent. */
  readonly waitMs?: number
}

interface Handing {
  readonly recipient: Recipient
  readonly upstream: Upstream
}

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

  /**
   * From now on an op that is in the catalogue is to be handed over, to whom alone it is told where that is said; safe to repeat. Lasts when it returns for
   * the registry that is configured; any other one gets it once.
   */
  put(op: Op, tells?: OneRegistry): Settle {
    const { trust, clock, registries } = this.#parts
    const recipient = recipientOf(registries, tells)
    if (recipient === undefined) return async () => []
    const { id } = recipient
    try {
      assertMayHand(recipient, nameOf(op))
      if (!recipient.isPatient) return this.#handOnce(recipient, op.id)
      trust.deliveries.put({ registry: id, op: op.id, since: clock.now() })
    } catch (error) {
      if (!isGgenError(error)) throw error
      if (!['token-missing', 'denied', 'too-busy'].includes(error.code)) throw error
      return async () => [targetOf(id, 'refused', error)]
    }
    if (this.#current?.op === op.id) this.#current.isOld = true
    const heard = this.#heard.get(op.id) ?? Promise.withResolvers<DeliveryTarget>()
    this.#heard.set(op.id, heard)
    this.run({ insists: false })
    return async ({ insists, waitMs = REGISTRY_LIMITS.deliverWaitMs } = { insists: false }) => {
      if (insists) this.run()
      return [!insists && registries?.central?.isAvoided === true ? targetOf(id, 'pending') : await this.#await(heard.promise, id, waitMs)]
    }
  }

  /** Goes on with what waits, without a pause, unless `insists` is false and the registry did not answer lately. */
  run({ insists }: { readonly insists: boolean } = { insists: true }): void {
    const { registries } = this.#parts
    const recipient = recipientOf(registries, undefined)
    const upstream = registries?.central
    if (upstream === undefined || recipient?.hasToken !== true) return
    if (insists || !upstream.isAvoided) this.#pause.abort(FINISHED)
    if (this.#isRunning) return
    this.#isRunning = true
    this.#background.run(TASK, (signal) => this.#handAll({ recipient, upstream }, signal))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#background[Symbol.asyncDispose]()
  }

  /** Begins at once. */
  #handOnce(recipient: Recipient, op: OpId): Settle {
    const { promise, resolve } = Promise.withResolvers<DeliveryTarget>()
    this.#background.run(TASK, async (signal) => resolve(await this.#tryOnce(recipient, op, signal)))
    return async () => [await promise]
  }

  /** Never throws. */
  async #tryOnce(recipient: Recipient, op: OpId, signal: AbortSignal): Promise<DeliveryTarget> {
    const { id } = recipient
    try {
      using lease = await recipient.open()
      const { error, ...target } = await this.#hand(op, { upstream: lease.upstream, recipient }, signal)
      // Nobody tries again by himself.
      return error === undefined ? target : { ...target, state: 'refused', error }
    } catch (error) {
      return targetOf(id, 'refused', toGgenError(error))
    }
  }

  async #handAll(to: Handing, signal: AbortSignal): Promise<void> {
    const { deliveries } = this.#parts.trust
    const { id } = to.upstream
    try {
      for (let failed = 0; ; ) {
        const next = deliveries.next(id)
        if (next === undefined) return
        this.#pause = new AbortController()
        const current = { op: next.op, isOld: false }
        this.#current = current
        const target = await this.#hand(next.op, to, signal)
        this.#current = undefined
        if (target.state === 'pending') {
          failed += 1
          this.#tellAll(target, failed)
          await this.#rest(failed, signal)
          continue
        }
        failed = 0
        if (target.state === 'stored' && current.isOld) continue
        deliveries.remove(id, next.op)
        this.#tell(next.op, target)
      }
    } finally {
      this.#current = undefined
      this.#isRunning = false
    }
  }

  /** Throws only the signal's reason. */
  async #hand(op: OpId, to: Handing, signal: AbortSignal): Promise<DeliveryTarget> {
    const { id, patient } = to.upstream
    try {
      await patient.publish(await this.#publicationOf(op, to, signal), signal)
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
  async #publicationOf(id: OpId, { recipient, upstream }: Handing, signal: AbortSignal): Promise<Publication> {
    const { catalogue, blobs, bring } = this.#parts
    const bytes = catalogue.opBytes(id)
    if (bytes === undefined) throw new GgenError('publish-expired', `the record ${id} is not here any more`, { hint: 'publish it again' })
    const op = reopenOp(bytes)
    assertMayHand(recipient, nameOf(op))
    const chain = catalogue.chainOps(op.identity)
    const read: Publication['read'] = ({ digest }, reading) => blobs.stream(digest, { signal: reading })
    if (!isFeedOp(op)) return { envelopes: [...parentsFirst(chain, []), ...(isChainOp(op) ? [] : [bytes])], blobs: [], read }
    const { envelopes: known } = await upstream.patient.find(op.body.name, signal)
    const isThere = idsOf(known)
    const missing = parentsFirst(chain, catalogue.feedOps(op.identity, op.body.name)).filter((envelope) => {
      const one = envelopeId(envelope)
      // There may be more signatures here.
      return one === id || !isThere.has(one)
    })
    const releases = missing.map((envelope) => openOp(envelope)).filter((one) => one.type === 'release')
    for (const release of releases) if ((await blobs.size(release.body.artifact.digest)) === undefined) await bring(release, signal)
    return { envelopes: missing, blobs: releases.map(({ body }) => body.artifact), read }
  }

  async #await(heard: Promise<DeliveryTarget>, id: RegistryId, waitMs: number): Promise<DeliveryTarget> {
    const over = new AbortController()
    const late = async (): Promise<DeliveryTarget> => {
      await this.#parts.clock.wait(waitMs, over.signal)
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

const nameOf = ({ body }: Op): PackageName | undefined => ('name' in body ? body.name : undefined)

/** What it answers with decides nothing of what we say: nonsense is its failure, and may be over in a moment. */
const idsOf = (envelopes: readonly Uint8Array[]): ReadonlySet<OpId> => {
  try {
    return new Set(envelopes.map((envelope) => envelopeId(envelope)))
  } catch (error) {
    if (!isGgenError(error, 'op-invalid')) throw error
    throw new GgenError('registry-failed', 'the registry answers with records that are none', { cause: error })
  }
}

const targetOf = (target: RegistryId, state: DeliveryTarget['state'], failure?: GgenError): DeliveryTarget => {
  if (failure === undefined) return { target, state }
  const { code, message, hint } = failure
  return { target, state, error: { code, message, hint } }
}
