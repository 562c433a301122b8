import type { Digest, Events, TransferProgress } from '#core'

/** Hears how far the transfer of one blob is, until disposed; nothing to do where nobody wants to know. */
export const hearProgress = (events: Events, digest: Digest, onProgress?: (progress: TransferProgress) => void): Disposable | undefined =>
  onProgress && events.subscribe((event) => {
    if (event.type === 'transfer-progress' && event.digest === digest) onProgress(event)
  })
