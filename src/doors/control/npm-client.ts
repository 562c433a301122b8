import type {
  NpmAddressesReply, NpmAddressQuestion, NpmBringQuestion, NpmBroughtReply, NpmCopiesReply, NpmCopiesQuestion, NpmKeepQuestion, NpmKeptListReply, NpmKeptReply,
  NpmProbeReply, NpmReply, NpmServedReply, NpmUnkeptReply, NpmUploadsReply,
} from './npm-protocol.ts'

/** What a running node tells of its door for package managers. Every method throws as those of `ControlClient`, and `no-npm-door`. */
export interface NpmControl {
  npm(signal: AbortSignal): Promise<NpmReply>
  npmUploads(signal: AbortSignal): Promise<NpmUploadsReply>
  /** Lets an upload go; nothing happens where it is gone. */
  npmUploadRemove(id: string, signal: AbortSignal): Promise<void>
  npmServed(agoMs: number, signal: AbortSignal): Promise<NpmServedReply>
  npmAddresses(packages: readonly NpmAddressQuestion[], signal: AbortSignal): Promise<NpmAddressesReply>
  /** `spec` as `parseNpmSpec` reads it. */
  npmProbe(spec: string, signal: AbortSignal): Promise<NpmProbeReply>
  /** Resolves when the archive is here. */
  npmBring(question: NpmBringQuestion, signal: AbortSignal): Promise<NpmBroughtReply>
  npmKeep(question: NpmKeepQuestion, signal: AbortSignal): Promise<NpmKeptReply>
  /** Resolves after `waitMs` at the latest, with whatever there is by then. */
  npmCopies(question: NpmCopiesQuestion, signal: AbortSignal): Promise<NpmCopiesReply>
  npmKept(signal: AbortSignal): Promise<NpmKeptListReply>
  npmUnkeep(lockfile: string, signal: AbortSignal): Promise<NpmUnkeptReply>
}
