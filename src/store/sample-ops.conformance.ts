import { createHash } from 'node:crypto'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import {
  digestOf, type EndorseOp, type GenesisOp, type IdentityId, type OpId, parsePackageName, parseVersion, type PublicKey, type ReleaseOp, type RolesOp,
  type Sha512, type StatusOp,
} from '#core'
import type { CatalogueEntry } from './catalogue.ts'

const DAG_CBOR = 0x71
const SHA2_256 = 0x12

/** An op id that stands for a label. */
export const sampleId = (label: string): OpId => CID.createV1(DAG_CBOR, create(SHA2_256, createHash('sha256').update(label).digest())).toString() as OpId

/** An identity that stands for a label. */
export const sampleIdentity = (label: string): IdentityId => sampleId(`genesis of ${label}`) as IdentityId

/** A public key that stands for a label. */
export const sampleKey = (label: string): PublicKey => `ed01${createHash('sha256').update(label).digest('hex')}` as PublicKey

export interface SampleChange {
  readonly publisher?: string
  readonly name?: string
  readonly seq?: number
  readonly at?: number
  /** Another one gives another op. */
  readonly salt?: string
  /** Another one gives another envelope of the same op. */
  readonly signatures?: number
}

/** A release as a store sees it: stores check no signatures. */
export const sampleRelease = (change: SampleChange = {}): ReleaseOp => {
  const { publisher = 'alice', name = 'web-tools', seq = 0, at = 1_700_000_000, salt = '', signatures = 1 } = change
  const label = `release ${publisher} ${name} ${seq} ${at} ${salt}`
  return {
    id: sampleId(label), type: 'release', identity: sampleIdentity(publisher), feed: sampleKey(publisher), at, seq,
    signers: new Set([sampleKey(publisher)]), bytes: Uint8Array.from(Buffer.from(`${label} signed ${signatures} times`)),
    body: {
      roles: sampleIdentity(publisher), name: parsePackageName(name), version: parseVersion(`1.0.${seq}`), kind: 'tgz',
      artifact: { digest: digestOf(Buffer.from(label)), sha512: createHash('sha512').update(label).digest('hex') as Sha512, sizeBytes: label.length },
      metadata: { digest: digestOf(Buffer.from(`metadata of ${label}`)), sizeBytes: 10 },
      summary: { title: '', description: '', tags: [], category: '', license: 'MIT', author: '' },
      scripts: false, bins: 0, dependencies: 0, provenance: [],
    },
  }
}

/** A status op of the same feed. */
export const sampleStatus = (change: SampleChange = {}): StatusOp => {
  const { body, type: _type, ...head } = sampleRelease({ ...change, salt: `status ${change.salt ?? ''}` })
  return { ...head, type: 'status', body: { roles: body.roles, name: body.name, version: body.version, state: 'yanked' } }
}

/** That an identity warns of another one. */
export const sampleEndorse = (target: string, change: SampleChange = {}): EndorseOp => {
  const { feed: key, identity, at, signers, bytes, id, body: { roles: named } } = sampleRelease({ ...change, salt: `endorse ${target} ${change.salt ?? ''}` })
  return { id, identity, key, at, seq: 0, signers, bytes, type: 'endorse', body: { roles: named, target: sampleIdentity(target), names: [], level: 'block' } }
}

/** The genesis op of an identity, or with `seq` a later op of its chain. */
export const sampleGenesis = (publisher: string, at = 1_600_000_000): GenesisOp => ({
  ...chainHead(sampleIdentity(publisher), publisher, at),
  type: 'genesis',
  body: { ...roles(publisher), nonce: new Uint8Array(16) },
})

/** An op of the chain of an identity that changes its roles. */
export const sampleRoles = (publisher: string, seq = 1): RolesOp => ({
  ...chainHead(sampleId(`roles ${seq} of ${publisher}`), publisher, 1_600_000_000 + seq),
  seq,
  prev: sampleIdentity(publisher),
  type: 'roles',
  body: { ...roles(publisher), revoked: [], domains: [] },
})

const chainHead = (id: OpId, publisher: string, at: number): Pick<GenesisOp, 'id' | 'identity' | 'at' | 'seq' | 'signers' | 'bytes'> => ({
  id, identity: sampleIdentity(publisher), at, seq: 0, signers: new Set([sampleKey(publisher)]), bytes: Uint8Array.from(Buffer.from(`chain op ${id}`)),
})

const roles = (publisher: string): Pick<GenesisOp['body'], 'root' | 'recovery' | 'release' | 'need'> => ({
  root: { keys: [sampleKey(publisher)], need: 1 }, recovery: { keys: [], need: 0 }, release: [{ key: sampleKey(publisher), names: ['*'] }], need: 1,
})

/** An entry as search shows it. */
export const sampleEntry = (change: Partial<CatalogueEntry> & { readonly publisher?: string } = {}): CatalogueEntry => {
  const { publisher = 'alice', ...fields } = change
  return {
    identity: sampleIdentity(publisher), name: parsePackageName('web-tools'), version: parseVersion('1.0.0'), digest: digestOf(Buffer.from(publisher)),
    title: '', description: '', tags: [], category: '', license: 'MIT', author: '', kind: 'tgz', scripts: false,
    deprecated: false, at: 1_700_000_000, known: 1_700_000_000, op: sampleId(publisher), ...fields,
  }
}
