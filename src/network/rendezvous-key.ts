import { createHash } from 'node:crypto'

/** What can be looked for at a rendezvous. Nodes of this version look for blobs; the other kinds have their place so that keys never collide. */
export type RendezvousKind = 'blob' | 'name' | 'id'

/**
 * The 32 bytes under which peers meet: the SHA-256 of `ggen:1:<kind>:<text>`. The text of a blob is its `Digest`, of a name the package name, of an
 * id that of an identity. Whoever sees a key and does not know the text learns nothing from it.
 */
export const rendezvousKey = (kind: RendezvousKind, text: string): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(`ggen:1:${kind}:${text}`).digest())
