import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** What goes wrong with an answer. */
export type FaultKind =
  /** An answer of this status. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  /** The first half of the body, and the connection breaks. */
  | 'truncate'
  /** Headers and the first half of the body, and nothing more. */
  | 'hang'
  /** A body of the right length with other bytes. */
  | 'corrupt'
  | { readonly delayMs: number }

export interface StubFault {
  /** Tried on the decoded path. */
  readonly path: RegExp
  readonly method?: string
  /** How many requests it hits; absent: all. */
  readonly times?: number
  readonly kind: FaultKind
}

/** The faults that are set, and how often each still happens. */
export class StubFaults {
  readonly #set: { readonly fault: StubFault; left: number }[] = []

  add(fault: StubFault): void {
    this.#set.push({ fault, left: fault.times ?? Infinity })
  }

  clear(): void {
    this.#set.length = 0
  }

  /** The fault that hits a request, if one does. */
  take(method: string, path: string): FaultKind | undefined {
    const hit = this.#set.find(({ fault, left }) => left > 0 && fault.path.test(path) && (fault.method ?? method) === method)
    if (hit === undefined) return undefined
    hit.left--
    return hit.fault.kind
  }
}

/** Does what goes wrong before there is an answer; true: that was all. */
export const failEarly = async (kind: FaultKind | undefined, request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
  if (kind === undefined) return false
  if (kind === 'reset') {
    request.socket.resetAndDestroy()
    return true
  }
  if (typeof kind === 'string') return false
  if ('delayMs' in kind) {
    await pause(kind.delayMs)
    return false
  }
  const said = JSON.stringify({ error: `status ${kind.status}, as the fault says` })
  response.writeHead(kind.status, { 'content-type': 'application/json', ...kind.headers }).end(said)
  return true
}

/** The body as the fault leaves it, and whether it is the end of the connection or the end of everything. */
export const spoilBody = (kind: FaultKind | undefined, body: Uint8Array): { readonly body: Uint8Array; readonly after: 'end' | 'break' | 'nothing' } => {
  const half = body.subarray(0, Math.floor(body.length / 2))
  if (kind === 'truncate') return { body: half, after: 'break' }
  if (kind === 'hang') return { body: half, after: 'nothing' }
  return { body: kind === 'corrupt' ? body.map((byte) => byte ^ 0x5a) : body, after: 'end' }
}
