import { type AccessRecords, type AllowedPeer, type Ban, type BanSubject, LIMITS, type PeerId } from '#core'
import { setIn, type UndoLog } from './undo-log.ts'

interface Placed<Value> {
  readonly value: Value
  /** Grows with everything that is put. */
  readonly position: number
}

const inOrder = <Value>(placed: Iterable<Placed<Value>>): Placed<Value>[] => [...placed].sort((a, b) => a.position - b.position)

/** The part of the trust store in memory that is about peers; `assertOpen` throws once that is closed. */
export class MemoryAccessRecords implements AccessRecords {
  readonly #undo: UndoLog
  readonly #assertOpen: () => void
  readonly #bans = new Map<BanSubject, Placed<Ban>>()
  readonly #allowed = new Map<PeerId, Placed<AllowedPeer>>()
  #position = 0

  constructor(undo: UndoLog, assertOpen: () => void) {
    this.#undo = undo
    this.#assertOpen = assertOpen
  }

  bans(): readonly Ban[] {
    this.#assertOpen()
    return inOrder(this.#bans.values()).map(({ value }) => ({ ...value }))
  }

  putBan(ban: Ban): void {
    this.#assertOpen()
    setIn(this.#undo, this.#bans, { key: ban.subject, value: this.#placed({ ...ban }) })
    const oldest = this.#bans.size > LIMITS.bans ? inOrder(this.#bans.values()).find(({ value }) => value.by === 'node') : undefined
    if (oldest !== undefined) this.removeBan(oldest.value.subject)
  }

  removeBan(subject: BanSubject): void {
    this.#assertOpen()
    setIn(this.#undo, this.#bans, { key: subject, value: undefined })
  }

  allowedPeers(): readonly AllowedPeer[] {
    this.#assertOpen()
    return inOrder(this.#allowed.values()).map(({ value }) => ({ ...value }))
  }

  putAllowedPeer(allowed: AllowedPeer): void {
    this.#assertOpen()
    setIn(this.#undo, this.#allowed, { key: allowed.peer, value: this.#placed({ ...allowed }) })
  }

  removeAllowedPeer(peer: PeerId): void {
    this.#assertOpen()
    setIn(this.#undo, this.#allowed, { key: peer, value: undefined })
  }

  #placed<Value>(value: Value): Placed<Value> {
    this.#position += 1
    return { value, position: this.#position }
  }
}
