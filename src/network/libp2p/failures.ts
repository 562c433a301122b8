import { GgenError, toGgenError } from '#core'

const DENIED = new Set(['DialDeniedError', 'ConnectionDeniedError', 'ConnectionInterceptedError', 'InvalidPeerIdError'])
const LATE = new Set(['TimeoutError', 'AbortError'])

/** The error inside an event: the library rejects some promises with the `close` event of a stream. */
const errorOf = (thrown: unknown): unknown => {
  if (!(thrown instanceof Event)) return thrown
  return (thrown as Event & { readonly error?: unknown }).error ?? new Error(`the stream reported ${thrown.type}`)
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : '')

/**
 * What the library threw, as the port promises it: the caller's own abort as `cancelled` or `timeout`, refusals of the dial rules as `denied`,
 * time-outs as `timeout`, all else as `peer-unreachable`.
 */
export const toNetworkError = (thrown: unknown, signal: AbortSignal, what: string): GgenError => {
  const error = errorOf(thrown)
  if (error instanceof GgenError) return error
  if (signal.aborted) return toGgenError(signal.reason)
  const name = nameOf(error)
  const reason = error instanceof Error ? error.message : String(error)
  if (DENIED.has(name)) return new GgenError('denied', `${what}: ${reason}`, { cause: error })
  if (LATE.has(name)) return new GgenError('timeout', `${what}: ${reason}`, { cause: error })
  return new GgenError('peer-unreachable', `${what}: ${reason}`, { cause: error })
}

/** What starting the node threw: `port-in-use` where a listen address is taken, else `config-invalid` with the library's reason. */
export const toStartError = (thrown: unknown): GgenError => {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  if (reason.includes('EADDRINUSE')) return new GgenError('port-in-use', 'another program listens on one of the addresses', { cause: thrown })
  return new GgenError('config-invalid', `the node cannot listen: ${reason}`, { cause: thrown })
}
