import { GgenError, LIMITS, type OpId } from '#core'
import type { JudgeAll, Judged, Judging, OnAdded } from './judged.ts'

export interface IntakeParts {
  readonly judge: JudgeAll
  readonly onAdded: OnAdded
  /** Hears when some more were judged. */
  readonly onTaken?: () => void
}

export interface Batch {
  readonly envelopes: readonly Uint8Array[]
  /** Hears when all of them were judged, and none was refused. */
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
  async take(envelopes: readonly Uint8Array[], judging: Judging): Promise<void> {
    const { signal } = judging
    let [batch, how] = [envelopes, judging]
    while (batch.length > 0) {
      const before = this.added
      await this.#once(batch, how)
      batch = this.added > before ? this.#drain() : []
      how = { signal }
    }
  }

  /**
   * Takes one batch after the other; while one is judged, the next is opened and the one after that is waited for. Throws what taking one throws,
   * and what the batches throw when all that came before was taken.
   */
  async takeAll(batches: AsyncIterable<Batch>, signal: AbortSignal): Promise<void> {
    let last = Promise.resolve()
    try {
      for await (const { envelopes, onTaken } of batches) {
        const before = last
        last = this.take(envelopes, { signal, after: before }).then(onTaken)
        // Its failure shows when it is waited for.
        last.catch(() => undefined)
        await before
      }
    } finally {
      await last
    }
  }

  /** Tries what waits once more: what it stands on may have come from somebody else. */
  async retry(signal: AbortSignal): Promise<void> {
    await this.take(this.#drain(), { signal })
  }

  #drain(): readonly Uint8Array[] {
    const waiting = [...this.#waiting.values()]
    this.#waiting = new Map()
    return waiting
  }

  async #once(envelopes: readonly Uint8Array[], judging: Judging): Promise<void> {
    let place = 0
    let fault: string | undefined
    for await (const part of this.#parts.judge(envelopes, judging)) {
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
    this.#parts.onAdded(op)
  }
}
