import { type IdentityId, LIMITS, type PackageName } from '#core'
import { tooManyBlocked, tooManyFollowed } from './refusals.ts'
import type { BlockedSubject, FollowedPublisher, SeenPackage, TrustMemory } from './trust-memory.ts'
import { setIn, type UndoLog } from './undo-log.ts'

/** The part of a trust store in memory that remembers packages, and publishers that are followed or blocked. */
export class MemoryTrustMemory implements TrustMemory {
  readonly #undo: UndoLog
  /** Throws once the store is closed. */
  readonly #assertOpen: () => void
  readonly #seen = new Map<string, SeenPackage>()
  readonly #followed = new Map<IdentityId, FollowedPublisher>()
  readonly #blocked = new Map<string, BlockedSubject>()

  constructor(undo: UndoLog, assertOpen: () => void) {
    this.#undo = undo
    this.#assertOpen = assertOpen
  }

  seen(identity: IdentityId, name: PackageName): SeenPackage | undefined {
    this.#assertOpen()
    return structuredClone(this.#seen.get(`${identity} ${name}`))
  }

  putSeen(seen: SeenPackage): void {
    this.#assertOpen()
    setIn(this.#undo, this.#seen, { key: `${seen.identity} ${seen.name}`, value: structuredClone(seen) })
  }

  followed(): FollowedPublisher[] {
    this.#assertOpen()
    return [...this.#followed.values()].sort((a, b) => a.since - b.since || (a.identity < b.identity ? -1 : 1))
  }

  follow(followed: FollowedPublisher): void {
    this.#assertOpen()
    const isNew = !this.#followed.has(followed.identity)
    if (isNew && this.#followed.size >= LIMITS.followedPublishers) throw tooManyFollowed()
    setIn(this.#undo, this.#followed, { key: followed.identity, value: { ...followed } })
  }

  unfollow(identity: IdentityId): boolean {
    this.#assertOpen()
    const was = this.#followed.has(identity)
    setIn(this.#undo, this.#followed, { key: identity, value: undefined })
    return was
  }

  blocked(): BlockedSubject[] {
    this.#assertOpen()
    const ordered = [...this.#blocked].sort(([a, { since }], [b, { since: other }]) => since - other || (a < b ? -1 : 1))
    return ordered.map(([, blocked]) => ({ ...blocked }))
  }

  block(blocked: BlockedSubject): void {
    this.#assertOpen()
    const key = subjectKey(blocked.identity, blocked.name)
    if (!this.#blocked.has(key) && this.#blocked.size >= LIMITS.blockedSubjects) throw tooManyBlocked()
    setIn(this.#undo, this.#blocked, { key, value: { ...blocked } })
  }

  unblock(identity: IdentityId, name: PackageName | undefined): boolean {
    this.#assertOpen()
    const key = subjectKey(identity, name)
    const was = this.#blocked.has(key)
    setIn(this.#undo, this.#blocked, { key, value: undefined })
    return was
  }
}

const subjectKey = (identity: IdentityId, name: PackageName | undefined): string => `${identity} ${name ?? ''}`
