import type { Digest, Events, TransferProgress } from '#core'

/** Hears how far the transfer of one blob is, until disposed. */
export const hearProgress = (events: Events, digest: Digest, onProgress: (progress: TransferProgress) => void): Disposable =>
  events.subscribe((event) => {
    if (event.type === 'transfer-progress' && event.digest === digest) onProgress(event)
  })
