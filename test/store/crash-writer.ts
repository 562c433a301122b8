/** A process that is killed: writes to all three stores of a home without end, and says on its standard output what it was promised. */
import { createHash, randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { type Digest, digestOf, type IdentityId, type OpId, parsePackageName, parseVersion, type PublicKey, type ReleaseOp, type Sha512 } from '#core'
import { lockHome, openCatalogue, openDiskBlobs, openTrustStore } from '#store/disk'
import { arrivingBytes } from './arriving-bytes.ts'

const STANDARD_OUTPUT = 1
const VERSION = parseVersion('1.0.0')

const acknowledge = (what: string, name: string): void => void writeSync(STANDARD_OUTPUT, `${what} ${name}\n`)

const idOf = (text: string): OpId => CID.createV1(0x71, create(0x12, createHash('sha256').update(text).digest())).toString() as OpId

const release = (label: string, digest: Digest): ReleaseOp => ({
  id: idOf(label), identity: idOf('publisher') as IdentityId, type: 'release', feed: `ed01${'00'.repeat(32)}` as PublicKey, at: label.length, seq: 0,
  signers: new Set(), bytes: Buffer.from(`envelope of ${idOf(label)}`),
  body: {
    roles: idOf('publisher'), name: parsePackageName(label), version: VERSION, kind: 'tgz', metadata: { digest, sizeBytes: 1 },
    artifact: { digest, sizeBytes: 1, sha512: '' as Sha512 }, scripts: false, bins: 0, dependencies: 0, provenance: [],
    summary: { title: label, description: 'killed while it was written', tags: ['crash'], category: 'test', license: 'MIT', author: '' },
  },
})

const [home = ''] = process.argv.slice(2)
await using _lock = await lockHome(home)
await using blobs = await openDiskBlobs(join(home, 'blobs'))
using catalogue = openCatalogue(join(home, 'catalogue.db'))
using trust = openTrustStore(join(home, 'trust.db'))

const sealBlob = async (): Promise<Digest> => {
  await using writer = await blobs.create()
  await writer.append(randomBytes(20_000))
  await writer.append(randomBytes(20_000))
  return await writer.seal()
}

/** Writes the first part of a blob, says so, and completes it. */
const fetchBlob = async (): Promise<Digest> => {
  const label = randomBytes(8).toString('hex')
  const bytes = arrivingBytes(label)
  await using partial = await blobs.partial(digestOf(bytes), bytes.length)
  await partial.write(0, [bytes.subarray(0, 20_000)])
  acknowledge('part', label)
  await partial.write(40_000, [bytes.subarray(40_000)])
  await partial.write(20_000, [bytes.subarray(20_000, 30_000), bytes.subarray(30_000, 40_000)])
  await partial.seal()
  return partial.digest
}

const storeRelease = (op: ReleaseOp): void => {
  const { name, version, summary, artifact, kind, scripts } = op.body
  const { identity, at, id } = op
  catalogue.transact(() => {
    catalogue.putOp(op)
    catalogue.putEntry({ ...summary, identity, name, version, digest: artifact.digest, kind, scripts, deprecated: false, at, known: at, op: id })
  })
}

const signRelease = (op: ReleaseOp): void => {
  trust.transact(() => {
    trust.updateIntent(op.id, { state: 'signed', envelope: op.bytes })
    trust.putOwnOp(op)
  })
}

for (;;) {
  const digest = await sealBlob()
  acknowledge('blob', digest)
  const op = release(`tool-${randomBytes(8).toString('hex')}`, digest)
  const { id, identity, feed, seq } = op
  trust.putIntent({ id, identity, feed, seq, name: op.body.name, version: VERSION, payload: op.bytes, state: 'prepared', createdAt: 0 })
  acknowledge('intent', id)
  signRelease(op)
  acknowledge('own', id)
  storeRelease(op)
  acknowledge('op', id)
  trust.removeIntent(id)
  acknowledge('blob', await fetchBlob())
}
