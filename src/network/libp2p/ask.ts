import { type Clock, GgenError, LIMITS, type PeerId } from '#core'
import type { Stream } from '@libp2p/interface'
import { toNetworkError } from './failures.ts'
import { openAnswer, questionHeader } from './frame.ts'
import type { Node } from './node.ts'
import { openStream } from './open-stream.ts'
import type { AskedProtocol } from './settings.ts'
import { Slots } from './slots.ts'
import { readFrame, sendFrame } from './stream-frames.ts'

/** `Network.ask`, also for what only the node itself asks. */
export type Ask = (...question: readonly [peer: PeerId, protocol: AskedProtocol, bytes: Uint8Array, signal: AbortSignal]) => Promise<Uint8Array>

/** What asking needs from the rest of the node. */
export interface AskContext {
  readonly node: Node
  readonly clock: Clock
  /** Ends every question with the node. */
  readonly stopping: AbortSignal
  /** For one question; absent: `LIMITS.askTimeoutMs`. */
  readonly timeoutMs?: number
}

/** One question on its own stream, as docs/protocol/frames.md says: `Network.ask`. */
export const createAsk = ({ node, clock, stopping, timeoutMs = LIMITS.askTimeoutMs }: AskContext): Ask => {
  const slots = new Slots(LIMITS.streamsPerProtocol)
  const turns = new Slots(LIMITS.questionsPerPeer)
  return async (...[peer, protocol, question, signal]) => {
    const header = questionHeader(question)
    const caller = AbortSignal.any([signal, stopping])
    const late = clock.timeout(timeoutMs)
    const both = AbortSignal.any([caller, late])
    let stream: Stream | undefined
    let leave: (() => void) | undefined
    let end: (() => void) | undefined
    try {
      leave = await slots.enter(`${peer} ${protocol}`, both)
      end = await turns.enter(peer, both)
      stream = await openStream(node, { peer, protocol }, both)
      // Reading starts first: an answer that comes while nobody listens would have to fit into the stream's buffer.
      const reading = readFrame(stream, { maxBytes: LIMITS.messageBytes + 1, firstByteMs: LIMITS.firstByteMs, signal: both })
      const [answer] = await Promise.all([reading, sendFrame(stream, [header, question], both)])
      return openAnswer(answer)
    } catch (error) {
      const isLate = late.aborted && !caller.aborted
      const failure = toNetworkError(isLate ? late.reason : error, isLate ? late : caller, `asking ${peer} for ${protocol}`)
      stream?.abort(failure)
      // Dial rules and a full table are our own business; to the caller this peer just cannot be reached.
      throw failure.code === 'denied' ? new GgenError('peer-unreachable', failure.message, { cause: failure }) : failure
    } finally {
      end?.()
      leave?.()
    }
  }
}
