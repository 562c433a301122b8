import { type Digest, type ErrorCode, GgenError, LIMITS } from '#core'

/** What goes wrong with one holder, so that another one may do better. Anything else (a full disk, a bug) would fail with everybody. */
export const FAULT_OF_PEER: ReadonlySet<ErrorCode> = new Set([
  'peer-unreachable', 'timeout', 'frame-invalid', 'blob-not-found', 'too-busy', 'no-peers', 'denied', 'integrity', 'registry-unreachable', 'registry-untrusted',
  'registry-failed',
])

/** Why nobody gave a blob: `integrity` when everybody who answered gave wrong bytes, `no-holder` otherwise; with what went wrong with each. */
export const whyNot = (digest: Digest, failures: readonly GgenError[]): GgenError => {
  // Who has nothing said nothing of the bytes.
  const answered = failures.filter(({ code }) => code !== 'blob-not-found')
  const lied = answered.length > 0 && answered.every(({ code }) => code === 'integrity')
  const tried = failures.length === 0 ? 'nobody who is reachable holds it' : failures.slice(-LIMITS.holdersPerFetch).map(({ message }) => message).join('; ')
  return new GgenError(lied ? 'integrity' : 'no-holder', `${digest.slice(0, 19)}… could not be fetched: ${tried}`, { cause: new AggregateError(failures) })
}

/** The list of pieces that a release names is not that of its archive: nobody but the publisher can be blamed. */
export const misfit = (cause?: unknown): GgenError => new GgenError('integrity', 'the list of its pieces does not fit the archive', { cause })
