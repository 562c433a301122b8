import type { Brand } from './brand.ts'
import { GgenError } from './errors.ts'

/** A node on the network: the base58 text of its transport key's multihash. Says nothing about publishers. */
export type PeerId = Brand<string, 'PeerId'>

/** Ed25519 and secp256k1 ids start with 12D3Koo and 16Uiu2HA, RSA ids with Qm. */
const PEER_ID = /^(?:12D3Koo[1-9A-HJ-NP-Za-km-z]{45}|16Uiu2HA[1-9A-HJ-NP-Za-km-z]{45}|Qm[1-9A-HJ-NP-Za-km-z]{44})$/

/** Whether a text has the form of a peer id. */
export const isPeerId = (text: string): text is PeerId => PEER_ID.test(text)

/** Parses a peer id; throws `address-invalid`. */
export const parsePeerId = (text: string): PeerId => {
  if (!isPeerId(text)) throw new GgenError('address-invalid', `not a peer id: ${JSON.stringify(text.slice(0, 80))}`)
  return text
}
