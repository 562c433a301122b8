const TYPE = 'application/vnd.ggen.op.v1+dag-cbor'

/**
 * The bytes that keys sign: the pre-authentication encoding of DSSE. The type inside keeps a signature from ever meaning
 * something else in another protocol or version.
 */
export const signingBytes = (payload: Uint8Array): Uint8Array =>
  Uint8Array.from(Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload]))
