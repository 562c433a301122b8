import {
  type AdvisoryBody, digestBytes, type EndorseBody, isFeedOp, isOpId, isOpinion, LIMITS, type OpId, type ReleaseBody, type ReleaseKey, type Role, type Roles,
  type RolesOp, type StatusBody,
} from '#core'
import { encodeCbor } from './encode-cbor.ts'
import { envelopeBytes } from './envelope.ts'
import { linkToBlob, linkToOp } from './link.ts'
import { mirrorExtension } from './mirror.ts'
import type { OpDraft } from './op-draft.ts'
import { check, refuse } from './op-fault.ts'
import { publicKeyBytes } from './public-key.ts'
import { readPayload } from './read-payload.ts'

const link = (id: OpId): unknown => (isOpId(id) ? linkToOp(id) : refuse('schema', 'the draft names something that is no op id'))

const wireRole = ({ keys, need }: Role): object => ({ keys: keys.map(publicKeyBytes), need })

const wireReleaseKey = ({ key, names, expires, auto, label }: ReleaseKey): object => ({
  key: publicKeyBytes(key),
  names: [...names],
  ...(expires !== undefined && { exp: expires }),
  ...(auto !== undefined && { auto }),
  ...(label !== undefined && { label }),
})

const wireRoles = ({ root, recovery, release, need, human }: Roles): object => ({
  root: wireRole(root),
  recovery: wireRole(recovery),
  release: release.map(wireReleaseKey),
  need,
  ...(human !== undefined && { human }),
})

const wireRolesBody = (body: RolesOp['body']): object => ({
  ...wireRoles(body),
  revoked: body.revoked.map(({ key, feeds }) => ({ key: publicKeyBytes(key), feeds: feeds.map(({ name, head }) => ({ name, head: link(head) })) })),
  ...(body.domains.length > 0 && { domains: [...body.domains] }),
})

const wireReleaseBody = ({ artifact, metadata, summary, ...body }: ReleaseBody): object => ({
  roles: link(body.roles),
  name: body.name,
  version: body.version,
  kind: body.kind,
  artifact: {
    size: artifact.sizeBytes,
    sha256: digestBytes(artifact.digest),
    sha512: Uint8Array.from(Buffer.from(artifact.sha512, 'hex')),
    ...(artifact.chunks !== undefined && { chunks: link(artifact.chunks) }),
  },
  meta: { cid: linkToBlob(metadata.digest), size: metadata.sizeBytes },
  sum: {
    title: summary.title,
    description: summary.description,
    tags: [...summary.tags],
    category: summary.category,
    license: summary.license,
    author: summary.author,
  },
  scripts: body.scripts,
  bins: body.bins,
  deps: body.dependencies,
  ...(body.provenance.length > 0 && { prov: body.provenance.map(link) }),
})

const wireStatusBody = ({ roles, name, version, state, why, tag }: StatusBody): object => ({
  roles: link(roles),
  name,
  version,
  state,
  ...(why !== undefined && { why }),
  ...(tag !== undefined && { tag: { [tag.name]: tag.version ?? null } }),
})

const wireEndorseBody = ({ roles, target, names, level, why, expires }: EndorseBody): object => ({
  roles: link(roles),
  target: link(target),
  names: [...names],
  level,
  ...(why !== undefined && { why }),
  ...(expires !== undefined && { exp: expires }),
})

const wireAdvisoryBody = ({ roles, target, name, range, severity, why, ref, fix }: AdvisoryBody): object => ({
  roles: link(roles),
  target: link(target),
  name,
  range,
  severity,
  ...(why !== undefined && { why }),
  ...(ref !== undefined && { ref }),
  ...(fix !== undefined && { fix }),
})

const wireBody = (draft: OpDraft): object => {
  switch (draft.type) {
    case 'genesis': return { ...wireRoles(draft.body), nonce: draft.body.nonce }
    case 'roles': return wireRolesBody(draft.body)
    case 'release': return wireReleaseBody(draft.body)
    case 'status': return wireStatusBody(draft.body)
    case 'endorse': return wireEndorseBody(draft.body)
    case 'advisory': return wireAdvisoryBody(draft.body)
  }
}

/**
 * The exact payload bytes of an op that is about to be signed. Throws `op-invalid` for a draft that no reader would accept, and
 * for one that does not fit into an envelope with one signature.
 */
export const encodePayload = (draft: OpDraft): Uint8Array => {
  const payload = encodeCbor({
    v: 1,
    t: draft.type,
    ...(draft.type !== 'genesis' && { id: link(draft.identity) }),
    ...(isFeedOp(draft) && { feed: publicKeyBytes(draft.feed) }),
    ...(isOpinion(draft) && { key: publicKeyBytes(draft.key) }),
    seq: draft.seq,
    prev: draft.prev === undefined ? null : link(draft.prev),
    at: draft.at,
    b: wireBody(draft),
    ...(draft.type === 'release' && mirrorExtension(draft.mirror)),
  })
  check(envelopeBytes(payload.length, 1) <= LIMITS.opBytes, 'size', 'the op is too large')
  readPayload(payload)
  return payload
}
