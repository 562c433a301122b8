import {
  type ChainOp, digestOf, type FeedOp, Fingerprinter, type GenesisOp, type Op, type PackageName, type PublicKey, type ReleaseOp, type Roles, type RolesOp,
  type StatusState, type Version,
} from '#core'
import { encodePayload, openOp, type OpDraft, signPayload } from '#trust'
import { testKey } from './test-keys.ts'

/** Keys of the stories: 0 to 2 root, 3 recovery, 4 and 5 release, 6 the attacker, 7 a new root. */
export const keyOf = (n: number): PublicKey => testKey(n).publicKey

export const NOW = 1_763_683_200
export const NAME = 'io.ggen.rust.cli' as PackageName

const sign = <T extends Op>(draft: OpDraft, signers: readonly number[]): T => openOp(signPayload(encodePayload(draft), signers.map(testKey))) as T

/** Two of three root keys, one recovery key, one release key for every name and one for `io.ggen.rust.*`. */
export const usualRoles = (changes: Partial<Roles> = {}): Roles => ({
  root: { keys: [0, 1, 2].map(keyOf), need: 2 },
  recovery: { keys: [keyOf(3)], need: 1 },
  release: [{ key: keyOf(4), names: ['*'] }, { key: keyOf(5), names: ['io.ggen.rust.*'] }],
  need: 1,
  ...changes,
})

export const genesis = (changes: Partial<Roles> = {}, signers: readonly number[] = [0, 1]): GenesisOp =>
  sign({ type: 'genesis', at: NOW, seq: 0, body: { ...usualRoles(changes), nonce: new Uint8Array(16).fill(7) } }, signers)

/** A roles op after `prev`; what is not changed is as usual. */
export const roles = (prev: ChainOp, changes: Partial<RolesOp['body'] & { seq: number; at: number }>, signers: readonly number[]): RolesOp => {
  const { seq = prev.seq + 1, at = NOW, revoked = [], domains = [], ...rest } = changes
  return sign({ type: 'roles', identity: prev.identity, at, seq, prev: prev.id, body: { ...usualRoles(rest), revoked, domains } }, signers)
}

/** Where a feed op stands and who signs it. */
export interface FeedPlace {
  readonly roles: ChainOp
  readonly key: number
  readonly prev?: FeedOp
  readonly name?: string
  readonly at?: number
  readonly seq?: number
  readonly cosigners?: readonly number[]
}

const position = ({ roles: named, key, prev, at = NOW, seq = prev === undefined ? 0 : prev.seq + 1 }: FeedPlace) =>
  ({ identity: named.identity, feed: keyOf(key), at, seq, ...(prev !== undefined && { prev: prev.id }) })

/** A release whose archive is the text itself. */
export const release = (place: FeedPlace, version: string, content: string): ReleaseOp => {
  const hasher = new Fingerprinter()
  hasher.update(Buffer.from(content))
  const { digest, sha512, sizeBytes } = hasher.finish()
  return sign({
    type: 'release',
    ...position(place),
    body: {
      roles: place.roles.id,
      name: (place.name ?? NAME) as PackageName,
      version: version as Version,
      kind: 'tgz',
      artifact: { digest, sha512, sizeBytes },
      metadata: { digest: digestOf(Buffer.from('{}')), sizeBytes: 2 },
      summary: { title: '', description: '', tags: [], category: '', license: '', author: '' },
      scripts: false,
      bins: 0,
      dependencies: 0,
      provenance: [],
    },
  }, [place.key, ...(place.cosigners ?? [])])
}

/** What a status says; the version may be `*`. */
export interface Verdict {
  readonly version: string
  readonly state: StatusState
  readonly why?: string
}

export const status = (place: FeedPlace, { version, ...verdict }: Verdict): FeedOp =>
  sign({
    type: 'status',
    ...position(place),
    body: { roles: place.roles.id, name: (place.name ?? NAME) as PackageName, version: version as Version | '*', ...verdict },
  }, [place.key, ...(place.cosigners ?? [])])
