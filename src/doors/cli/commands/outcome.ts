import type { GgenEvent } from '#core'
import type { FetchReply, PackageReply, PeerReply, ReceiptReply, SearchReply, StatusReply } from '#doors/control'
import type { InstalledPackage, NodeReady } from './world.ts'

/** What a command found out. `value` is exactly what `--json` prints. */
export type Outcome =
  | { readonly kind: 'ready'; readonly value: NodeReady; readonly detachedLogPath?: string }
  | { readonly kind: 'event'; readonly value: GgenEvent }
  | { readonly kind: 'stopped'; readonly value: { readonly stopped: true; readonly pid: number } }
  | { readonly kind: 'status'; readonly value: StatusReply }
  | { readonly kind: 'peers'; readonly value: readonly PeerReply[] }
  | { readonly kind: 'published'; readonly value: ReceiptReply }
  | { readonly kind: 'found'; readonly value: SearchReply }
  | { readonly kind: 'described'; readonly value: PackageReply }
  | { readonly kind: 'installed'; readonly value: { readonly installed: readonly FreshPackage[] } }
  | { readonly kind: 'listed'; readonly value: { readonly packages: readonly InstalledPackage[] } }

/** A package that was just installed, and who gave its bytes; nobody when the node held them already. */
export interface FreshPackage extends InstalledPackage {
  readonly sources: FetchReply['sources']
}
