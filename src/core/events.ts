import type { Digest } from './digest.ts'
import { GgenError } from './errors.ts'
import { LIMITS } from './limits.ts'
import type { Multiaddr } from './multiaddr.ts'
import type { StatusState } from './op.ts'
import type { IdentityId, OpId } from './op-id.ts'
import type { PackageName } from './package-name.ts'
import type { Giver } from './giver.ts'
import type { PeerId } from './peer-id.ts'
import type { Version } from './version.ts'

/** How an op came: made here, told by gossip, asked of a peer to be in sync or to answer a search, handed in by its publisher, or brought in a file. */
export type OpSource = 'own' | 'gossip' | 'sync' | 'search' | 'upload' | 'bundle'

/** Everything that happens in a node and that somebody may want to see. Plain JSON, so that doors print it as it is. */
export type GgenEvent =
  | { readonly type: 'peer-connected'; readonly peer: PeerId; readonly address: Multiaddr | undefined }
  | { readonly type: 'peer-disconnected'; readonly peer: PeerId }
  | {
      readonly type: 'release-added'; readonly name: PackageName; readonly version: Version; readonly identity: IdentityId
      readonly source: OpSource
    }
  | {
      readonly type: 'status-changed'; readonly name: PackageName; readonly version: Version | '*'; readonly state: StatusState; readonly why?: string
      readonly identity: IdentityId; readonly source: OpSource
    }
  | { readonly type: 'op-refused'; readonly reason: string; readonly peer: PeerId | undefined }
  | { readonly type: 'release-announced'; readonly op: OpId; readonly peers: number }
  | { readonly type: 'synced'; readonly peer: PeerId; readonly added: number; readonly durationMs: number }
  | {
      readonly type: 'sync-progress'; readonly peer: PeerId; readonly ops: number; readonly of: number; readonly opsPerSecond: number
      readonly remainingMs?: number
    }
  | { readonly type: 'sync-failed'; readonly peer: PeerId; readonly code: string }
  | { readonly type: 'blob-fetched'; readonly digest: Digest; readonly sizeBytes: number; readonly peers: number; readonly durationMs: number }
  | {
      readonly type: 'transfer-progress'; readonly digest: Digest; readonly receivedBytes: number; readonly sizeBytes: number
      readonly bytesPerSecond: number; readonly remainingMs?: number; readonly sources: number
    }
  | {
      readonly type: 'downgrade-accepted'; readonly name: PackageName; readonly version: Version; readonly identity: IdentityId
      readonly downgrades: readonly string[]
    }
  | {
      readonly type: 'advisory-accepted'; readonly name: PackageName; readonly version: Version; readonly identity: IdentityId
      readonly by: IdentityId; readonly severity: string
    }
  | { readonly type: 'peer-banned'; readonly peer: PeerId; readonly reason: string }
  | { readonly type: 'holder-failed'; readonly digest: Digest; readonly peer: Giver; readonly code: string }
  | { readonly type: 'npm-refused'; readonly what: string; readonly why: string }
  | { readonly type: 'npm-copies-changed'; readonly lockfile: string; readonly wanted: number; readonly lowest: number; readonly share: number }
  | { readonly type: 'task-failed'; readonly task: string; readonly code: string; readonly message: string }

/** How far the fetch of one blob is. */
export type TransferProgress = Extract<GgenEvent, { readonly type: 'transfer-progress' }>

/** Hands events to whoever subscribed, in order, at once. A subscriber must not throw. */
export class Events {
  readonly #listeners = new Set<{ readonly hear: (event: GgenEvent) => void }>()

  emit(event: GgenEvent): void {
    for (const { hear } of this.#listeners) hear(event)
  }

  /** Throws `too-busy` above the limit of subscribers. */
  subscribe(listener: (event: GgenEvent) => void): Disposable {
    if (this.#listeners.size >= LIMITS.eventListeners) throw new GgenError('too-busy', 'too many event subscribers')
    const subscription = { hear: listener }
    this.#listeners.add(subscription)
    return { [Symbol.dispose]: () => this.#listeners.delete(subscription) }
  }
}
