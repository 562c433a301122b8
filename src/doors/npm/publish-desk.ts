import type { StatusStatement } from '#core'
import type { Upload } from './read-upload.ts'

/** Where what clients want to say to the network is signed, or waits for that. */
export interface PublishDesk {
  /**
   * Takes what was checked. `published`: it is signed, kept and announced. `staged`: it is kept until its publisher approves it. `stays`: what is said of
   * `latest` before, so that nobody ever takes the new version for it. Throws why it cannot be either: `conflict`, `denied`, `archive-unsafe` and so on.
   */
  publish(upload: Upload & { readonly stays?: StatusStatement }, signal: AbortSignal): Promise<'published' | 'staged'>
  /** Says something of versions that are out. Throws `passphrase-needed` where no key is unlocked, `package-not-found`, `version-not-found`, `denied`. */
  say(words: StatusStatement, signal: AbortSignal): Promise<void>
}
