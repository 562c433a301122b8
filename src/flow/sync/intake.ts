import { GgenError, LIMITS, type OpId } from '#core'
import type { JudgeAll, Judged, OnAdded } from './judged.ts'

export interface IntakeParts {
  readonly judge: JudgeAll
  readonly onAdded: OnAdded
  /** Hears when some more were judged. */
  readonly onTaken?: () => void
}

/** Takes ops in whatever order they come: what waits for a parent of the same second is tried again when others arrived. */
export class Intake {
  added = 0
  #waiting = new Map<OpId, Uint8Array>()
  readonly #parts: IntakeParts

  constructor(parts: IntakeParts) {
    this.#parts = parts
  }

  /** Throws `op-invalid` for an op that no honest node would send; the others are kept. */
  async take(envelopes: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    let batch = envelopes
    while (batch.length > 0) {
      const before = this.added
      await this.#once(batch, signal)
      batch = this.added > before ? this.#drain() : []
    }
  }

  /** Tries what waits once more: what it stands on may have come from somebody else. */
  async retry(signal: AbortSignal): Promise<void> {
    await this.take(this.#drain(), signal)
  }

  #drain(): readonly Uint8Array[] {
    const waiting = [...this.#waiting.values()]
    this.#waiting = new Map()
    return waiting
  }

  async #once(envelopes: readonly Uint8Array[], signal: AbortSignal): Promise<void> {
    let place = 0
    let fault: string | undefined
    for await (const part of this.#parts.judge(envelopes, signal)) {
      for (const judged of part) {
        if (judged.outcome === 'refused') fault ??= judged.reason
        else this.#note(judged, envelopes[place])
        place += 1
      }
      this.#parts.onTaken?.()
    }
    if (fault !== undefined) throw new GgenError('op-invalid', `a peer sent an op that is not valid: ${fault}`, { details: { reason: fault } })
  }

  #note({ outcome, op }: Exclude<Judged, { outcome: 'refused' }>, envelope: Uint8Array | undefined): void {
    if (outcome === 'orphan' && envelope !== undefined && this.#waiting.size < LIMITS.parkedOps) this.#waiting.set(op.id, envelope)
    if (outcome !== 'added') return
    this.added += 1
    if (op.type === 'release' || op.type === 'status') this.#parts.onAdded(op)
  }
}
