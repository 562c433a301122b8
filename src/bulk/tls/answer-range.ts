import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, isGgenError, parseDigest, type PeerId } from '#core'
import { type BlobShelf, covers, type Pace } from '#bulk'
import { pour } from './pour.ts'
import { readRange } from './read-range.ts'

export interface AnswerOptions {
  readonly shelf: BlobShelf
  readonly clock: Clock
  readonly pace?: Pace | undefined
  readonly stallTimeoutMs: number
}

/** One question of a peer that has shown its ticket, and where the answer goes. */
export interface Question {
  readonly peer: PeerId
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

const BLOB_PATH = /^\/blob\/(sha256:[0-9a-f]{64})$/

/** Gives the range, or says with which status it does not. Throws what reading the shelf throws, and `timeout` for a reader that does not read. */
export const answerRange = async (options: AnswerOptions, question: Question, signal: AbortSignal): Promise<number | undefined> => {
  const { shelf, clock, pace, stallTimeoutMs } = options
  const { peer, request, response } = question
  if (request.method !== 'GET') return 405
  if (request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined) return 400
  const name = BLOB_PATH.exec(request.url ?? '')?.[1]
  if (name === undefined) return 404
  const digest = parseDigest(name)
  const range = readRange(request.headers.range)
  if (range === undefined) return 400
  const held = await shelf.look(digest)
  if (held === undefined) return 404
  const { offset, length } = range
  if (offset + length > held.sizeBytes) return 416
  if (!covers(held, offset, length)) return 404
  const headers = { 'content-length': length, 'content-range': `bytes ${offset}-${offset + length - 1}/${held.sizeBytes}` }
  // Whoever has to wait for bandwidth hears at once that there is somebody.
  let isTold = false
  try {
    await pour(shelf.read(digest, range, signal), response, {
      length, clock, stallTimeoutMs, signal,
      begin: () => response.writeHead(206, headers),
      pace: pace && ((bytes) => {
        const turn = pace(peer, bytes, signal)
        if (turn !== undefined && !isTold) response.flushHeaders()
        isTold = true
        return turn
      }),
      sent: (chunk) => shelf.recycle?.(chunk),
    })
    return undefined
  } catch (error) {
    // It was dropped just now.
    if (isGgenError(error, 'blob-not-found') && !response.headersSent) return 404
    throw error
  }
}
