import { type Artifact, type Clock, GgenError, LIMITS, type PeerId } from '#core'
import type { Network } from '#network'
import { decodeBlobAnswer, encodeBlobQuestion } from '#wire'

export interface ReadParts {
  readonly network: Network
  readonly clock: Clock
}

export interface Reading {
  readonly peer: PeerId
  readonly artifact: Artifact
  /** First byte wanted. */
  readonly from: number
}

/** Ranges under way at once: hides the round trip, bounds the memory. */
const AHEAD = 4

/**
 * The rest of a blob from one holder, in order, range by range. A new range is asked for only when one was taken, so a slow reader slows
 * the sender. Throws what `ask` throws, `blob-not-found`, and `integrity` when the holder names another size or gives other lengths.
 */
export async function* readRanges({ network, clock }: ReadParts, reading: Reading, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const { peer, artifact, from } = reading
  const stop = new AbortController()
  const asked = AbortSignal.any([signal, stop.signal])
  const under: Promise<Uint8Array>[] = []
  let next = from
  try {
    for (;;) {
      while (under.length < AHEAD && next < artifact.sizeBytes) {
        const range = readRange({ network, clock }, { peer, artifact, from: next }, asked)
        // An early failure of a later range is reported when its turn comes.
        range.catch(() => undefined)
        under.push(range)
        next += LIMITS.blobRangeBytes
      }
      const first = under.shift()
      if (first === undefined) return
      yield await first
    }
  } finally {
    stop.abort()
  }
}

const readRange = async ({ network, clock }: ReadParts, { peer, artifact, from }: Reading, signal: AbortSignal): Promise<Uint8Array> => {
  const length = Math.min(LIMITS.blobRangeBytes, artifact.sizeBytes - from)
  const question = encodeBlobQuestion({ digest: artifact.digest, offset: from, length })
  const deadline = AbortSignal.any([signal, clock.timeout(LIMITS.stallTimeoutMs)])
  const answer = decodeBlobAnswer(await network.ask(peer, '/ggen/blob/1', question, deadline))
  if (answer === undefined) throw new GgenError('blob-not-found', `${peer} no longer holds it`)
  if (answer.sizeBytes !== artifact.sizeBytes || answer.bytes.length !== length) throw new GgenError('integrity', `${peer} gave a range of another size`)
  return answer.bytes
}
