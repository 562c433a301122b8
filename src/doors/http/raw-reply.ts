import type { ServerResponse } from 'node:http'

/** An answer whose bytes the route writes itself. */
export interface RawReply {
  readonly raw: ServerResponse
  /** From here on the HTTP application leaves the answer alone. */
  hijack(): unknown
}
