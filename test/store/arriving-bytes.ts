import { createHash } from 'node:crypto'

/** The 60,000 bytes of a blob that is being fetched: whoever knows the label knows them. */
export const arrivingBytes = (label: string): Uint8Array => createHash('shake256', { outputLength: 60_000 }).update(label).digest()
