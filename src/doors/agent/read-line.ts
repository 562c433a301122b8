import type { Socket } from 'node:net'

const LINE_FEED = 0x0a

/** What came instead of a line: too much of it, or the end of the connection. */
export type NoLine = 'too-long' | 'closed'

/**
 * The first line that comes, without its end, up to so many bytes; what comes after it stays unread. Rejects with the signal's reason when that aborts.
 */
export const readLine = (socket: Socket, mostBytes: number, signal: AbortSignal): Promise<{ readonly line: string } | NoLine> => {
  const { promise, resolve, reject } = Promise.withResolvers<{ readonly line: string } | NoLine>()
  const chunks: Buffer[] = []
  let sizeBytes = 0
  const onData = (chunk: Buffer): void => {
    const end = chunk.indexOf(LINE_FEED)
    const part = end === -1 ? chunk : chunk.subarray(0, end)
    sizeBytes += part.length
    if (sizeBytes > mostBytes) return resolve('too-long')
    chunks.push(part)
    if (end !== -1) resolve({ line: Buffer.concat(chunks).toString('utf8') })
  }
  const onClosed = (): void => resolve('closed')
  const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
  socket.on('data', onData).on('end', onClosed).on('close', onClosed)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  return promise.finally(() => {
    socket.off('data', onData).off('end', onClosed).off('close', onClosed).pause()
    signal.removeEventListener('abort', onAbort)
  })
}
