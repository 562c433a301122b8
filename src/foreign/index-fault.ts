import { GgenError } from '#core'

/** What cannot be read as an index. */
export const indexInvalid = (why: string, cause?: unknown): GgenError => new GgenError('index-invalid', `this is no index that can be read: ${why}`, { cause })
