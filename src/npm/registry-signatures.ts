import { verify } from 'node:crypto'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import type { NpmName } from './npm-name.ts'
import type { NpmVersion } from './npm-version.ts'
import type { RegistryKey } from './registry-keys.ts'

/** One of `dist.signatures`. */
export interface VersionSignature {
  readonly keyid: string
  /** DER, base64. */
  readonly sig: string
}

/** What a registry signs of a version. */
export interface VersionBytes {
  readonly name: NpmName
  readonly version: NpmVersion
  /** As it stands in `dist.integrity`, sign for sign. */
  readonly integrity: string
}

export interface SignedVersion extends VersionBytes {
  readonly signatures: readonly VersionSignature[]
}

/**
 * `unsigned`: nobody says anything. `unknown-key`: the registry names none of the keys. `expired-key`: it was published when its key was no longer in use.
 * `wrong`: a signature is of something else.
 */
export type VersionVerdict = 'verified' | 'unsigned' | 'unknown-key' | 'wrong' | 'expired-key'

/** Neither a name nor a version has a `:`, and no version an `@`: no two versions have the same text. */
export const signedText = ({ name, version, integrity }: VersionBytes): Buffer => Buffer.from(`${name}@${version}:${integrity}`)

const isRight = (text: Buffer, sig: string, { publicKey }: RegistryKey): boolean =>
  sig.length <= NPM_TEXT_LIMITS.signatureChars && verify('sha256', text, publicKey, Buffer.from(sig, 'base64'))

/** Whether a version came out when its key was no longer in use; where nobody knows when, it does not count. */
export const isExpired = ({ expiresAtMs }: RegistryKey, publishedAtMs: number | undefined): boolean =>
  expiresAtMs !== undefined && publishedAtMs !== undefined && publishedAtMs >= expiresAtMs

/** The first that is there decides: one wrong signature spoils it; besides that a right one is enough, so that a registry can change its key. */
const WEIGHT = ['wrong', 'verified', 'expired-key', 'unknown-key'] as const

/**
 * Whether a registry that has these keys signed these bytes as this version. The expiry of a key counts against the time when the version was published; where
 * that is not known it does not count, as with npm. Takes about a tenth of a millisecond for each signature.
 */
export const verifyVersion = (signed: SignedVersion, keys: readonly RegistryKey[], publishedAtMs?: number): VersionVerdict => {
  if (signed.signatures.length > NPM_TEXT_LIMITS.signatures) return 'wrong'
  const text = signedText(signed)
  const verdicts = new Set(signed.signatures.map(({ keyid, sig }): VersionVerdict => {
    const key = keys.find((one) => one.keyid === keyid)
    if (key === undefined) return 'unknown-key'
    if (!isRight(text, sig, key)) return 'wrong'
    return isExpired(key, publishedAtMs) ? 'expired-key' : 'verified'
  }))
  return WEIGHT.find((verdict) => verdicts.has(verdict)) ?? 'unsigned'
}
