import type { LookAlike, StatusStatement } from '#core'
import type { Upload } from './read-upload.ts'

/** `published`: it is signed, kept and announced. `staged`: it is kept until its publisher approves it. */
export interface Handed {
  readonly state: 'published' | 'staged'
  /** Where the name is new: known ones that it can be taken for; absent where there are none, or its publisher is asked later. */
  readonly lookAlikes?: readonly LookAlike[]
}

/** Where what clients want to say to the network is signed, or waits for that. */
export interface PublishDesk {
  /**
   * Takes what was checked. `stays`: what is said of `latest` before, so that nobody ever takes the new version for it. Throws why it can neither be published
   * nor staged: `conflict`, `denied`, `archive-unsafe` and so on.
   */
  publish(upload: Upload & { readonly stays?: StatusStatement }, signal: AbortSignal): Promise<Handed>
  /** Says something of versions that are out. Throws `passphrase-needed` where no key is unlocked, `package-not-found`, `version-not-found`, `denied`. */
  say(words: StatusStatement, signal: AbortSignal): Promise<void>
}
