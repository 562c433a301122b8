import type { BlobShelf } from '#bulk'
import type { Digest } from '#core'

/** One reading of a shelf, when it is over. */
export interface Served {
  readonly digest: Digest
  readonly offset: number
  readonly length: number
  /** What the reader has taken. */
  readonly sentBytes: number
}

/** The same shelf, of which every reading is told. */
export const countingShelf = (shelf: BlobShelf, onServed: (served: Served) => void): BlobShelf => ({
  look: (digest) => shelf.look(digest),
  read: async function* (digest, range, signal) {
    let sentBytes = 0
    try {
      for await (const chunk of shelf.read(digest, range, signal)) {
        yield chunk
        sentBytes += chunk.length
      }
    } finally {
      onServed({ digest, ...range, sentBytes })
    }
  },
})
