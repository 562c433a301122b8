import { GgenError, type TransferProgress } from '#core'
import { reviveError } from './open-answer.ts'
import { readMessages } from './read-events.ts'

/**
 * Follows a fetch to its end; resolves to what was fetched, not yet looked at. Throws what the node threw, `frame-invalid`, and
 * `daemon-not-running` when the node goes away before it has said how it ended.
 */
export const readFetch = async (chunks: AsyncIterable<Uint8Array>, onProgress: (progress: TransferProgress) => void): Promise<unknown> => {
  for await (const step of readMessages(chunks)) {
    if (step.type === 'transfer-progress') onProgress(step as TransferProgress)
    if (step.type === 'failed') throw reviveError(step)
    if (step.type === 'fetched' && 'release' in step) return step.release
  }
  throw new GgenError('daemon-not-running', 'the node went away before it had answered')
}
