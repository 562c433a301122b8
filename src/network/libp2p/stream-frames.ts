import { GgenError } from '#core'
import type { Stream, StreamCloseEvent, StreamMessageEvent } from '@libp2p/interface'
import { FrameReader } from './frame.ts'
import { hadBadPrefix } from './watched.ts'

/** What bounds the reading of one frame. */
export interface ReadLimits {
  readonly maxBytes: number
  readonly firstByteMs: number
  readonly signal: AbortSignal
}

/**
 * Reads the one frame that a peer sends and waits for its end of stream. Whatever goes wrong aborts the stream: `frame-invalid` for a broken,
 * cut or over-long frame, `timeout` when nothing comes, `peer-unreachable` when stream or connection die, or the signal's reason.
 */
export const readFrame = (stream: Stream, limits: ReadLimits): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const reader = new FrameReader(limits.maxBytes)
    const firstByte = setTimeout(() => fail(new GgenError('timeout', `the peer sent nothing for ${limits.firstByteMs} ms`)), limits.firstByteMs)
    const stop = (): void => {
      clearTimeout(firstByte)
      stream.removeEventListener('message', onMessage)
      stream.removeEventListener('remoteCloseWrite', onEnd)
      stream.removeEventListener('close', onClose)
      limits.signal.removeEventListener('abort', onAbort)
    }
    const fail = (error: Error): void => {
      stop()
      stream.abort(error)
      reject(error)
    }
    const finish = (): void => {
      try {
        const frame = reader.finish()
        stop()
        resolve(frame)
      } catch (error) {
        fail(error as GgenError)
      }
    }
    const onMessage = ({ data }: StreamMessageEvent): void => {
      clearTimeout(firstByte)
      try {
        for (const chunk of data instanceof Uint8Array ? [data] : data) reader.push(chunk)
      } catch (error) {
        fail(error as GgenError)
        return
      }
      // The end may have been noticed before our listeners were there; then no further event tells of it.
      if (hasEnded(stream)) finish()
    }
    const onEnd = (): void => {
      if (stream.readBufferLength === 0) finish()
    }
    const onClose = (event: StreamCloseEvent): void => {
      if (event.error === undefined && reader.isComplete) finish()
      else fail(lossOf(stream, event.error))
    }
    const onAbort = (): void => fail(limits.signal.reason as Error)

    stream.addEventListener('message', onMessage)
    stream.addEventListener('remoteCloseWrite', onEnd)
    stream.addEventListener('close', onClose)
    limits.signal.addEventListener('abort', onAbort)
    if (limits.signal.aborted) onAbort()
    else if (stream.status !== 'open' && stream.readBufferLength === 0) fail(lossOf(stream, undefined))
    else if (hasEnded(stream)) finish()
  })

/** Why a stream died before its frame was complete: for what the peer sent, or because it is gone. */
const lossOf = (stream: Stream, cause: unknown): GgenError => {
  if (hadBadPrefix(stream)) return new GgenError('frame-invalid', 'the length of the frame is too long', { cause })
  return new GgenError('peer-unreachable', 'the peer closed the stream before its frame was complete', { cause })
}

const hasEnded = (stream: Stream): boolean => stream.remoteWriteStatus === 'closed' && stream.readBufferLength === 0

/**
 * Sends one frame and closes our side. Resolves when the last byte has left the stream's buffer, so at most one frame per stream is ever
 * held for a peer that does not read; rejects when the signal aborts first.
 */
export const sendFrame = async (stream: Stream, parts: readonly Uint8Array[], signal: AbortSignal): Promise<void> => {
  for (const part of parts) {
    if (part.length > 0) stream.send(part)
  }
  await stream.close({ signal })
}
