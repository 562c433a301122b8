import { type Digest, Fingerprinter, GgenError, LIMITS, type PackageName, type Sha512 } from '#core'
import type { ForeignVersion } from './foreign-index.ts'

/** Bytes that are those for which an index vouches. */
export interface Vouched {
  readonly digest: Digest
  readonly sha512: Sha512
  readonly sizeBytes: number
}

/** Passes the bytes of an archive on, hashed as they are, and at their end tells what they were. Throws `integrity` unless they are what the index names. */
export async function* vouchedBytes(
  chunks: AsyncIterable<Uint8Array>, name: PackageName, { version, digest, sizeBytes }: ForeignVersion,
): AsyncGenerator<Uint8Array, Vouched> {
  const fingerprinter = new Fingerprinter()
  const most = Math.min(sizeBytes ?? LIMITS.archiveBytes, LIMITS.archiveBytes)
  const wrong = (what: string): GgenError =>
    new GgenError('integrity', `the archive of ${name}@${version} ${what}; nothing of it was kept`, {
      hint: 'the source gave other bytes than its index names: ask whoever runs it',
      details: { name, version, ...(digest !== undefined && { digest }) },
    })
  for await (const chunk of chunks) {
    fingerprinter.update(chunk)
    if (fingerprinter.sizeBytes > most) throw wrong(`has more than ${most} bytes`)
    yield chunk
  }
  const found = fingerprinter.finish()
  if (found.digest !== digest) throw wrong(`has the digest ${found.digest}, and the index names ${digest ?? 'none'}`)
  if (sizeBytes !== undefined && found.sizeBytes !== sizeBytes) throw wrong(`has ${found.sizeBytes} bytes, and the index says ${sizeBytes}`)
  return found
}

/** Reads all of it, for whoever needs only to know that it is right. Throws what `vouchedBytes` throws. */
export const drain = async (bytes: AsyncGenerator<Uint8Array, Vouched>, each: (chunk: Uint8Array) => Promise<void> | void): Promise<Vouched> => {
  for (;;) {
    const next = await bytes.next()
    if (next.done === true) return next.value
    await each(next.value)
  }
}
