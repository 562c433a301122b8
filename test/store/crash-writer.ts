/**
 * A process that is killed, or whose disk fails: writes to all three stores of a home, and says on its standard output what it was promised. Without a
 * number of rounds it writes until it is killed, and any error is its end; with one it says which errors it met, and goes on.
 */
import { createHash, randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import {
  type Digest, digestOf, type IdentityId, type OpId, parsePackageName, parseVersion, type PublicKey, type ReleaseOp, type Sha512, toGgenError,
} from '#core'
import { lockHome, openCatalogue, openDiskBlobs, openTrustStore } from '#store/disk'
import { arrivingBytes } from './arriving-bytes.ts'
import type { Stores } from './kept-promises.ts'

const STANDARD_OUTPUT = 1
const VERSION = parseVersion('1.0.0')

const say = (what: string, name: string): void => void writeSync(STANDARD_OUTPUT, `${what} ${name}\n`)

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

const sealBlob = async ({ blobs }: Stores): Promise<Digest> => {
  await using writer = await blobs.create()
  await writer.append(randomBytes(20_000))
  await writer.append(randomBytes(20_000))
  return await writer.seal()
}

/** Writes the first part of a blob, says so, and completes it. */
const fetchBlob = async ({ blobs }: Stores): Promise<Digest> => {
  const label = randomBytes(8).toString('hex')
  const bytes = arrivingBytes(label)
  await using partial = await blobs.partial(digestOf(bytes), bytes.length)
  await partial.write(0, [bytes.subarray(0, 20_000)])
  say('part', label)
  await partial.write(40_000, [bytes.subarray(40_000)])
  await partial.write(20_000, [bytes.subarray(20_000, 30_000), bytes.subarray(30_000, 40_000)])
  await partial.seal()
  return partial.digest
}

const storeRelease = ({ catalogue }: Stores, op: ReleaseOp): void => {
  const { name, version, summary, artifact, kind, scripts } = op.body
  const { identity, at, id } = op
  catalogue.transact(() => {
    catalogue.putOp(op)
    catalogue.putEntry({ ...summary, identity, name, version, digest: artifact.digest, kind, scripts, deprecated: false, at, known: at, op: id })
  })
}

const signRelease = ({ trust }: Stores, op: ReleaseOp): void => {
  trust.transact(() => {
    trust.updateIntent(op.id, { state: 'signed', envelope: op.bytes })
    trust.putOwnOp(op)
  })
}

const writeRound = async (stores: Stores): Promise<void> => {
  const digest = await sealBlob(stores)
  say('blob', digest)
  const op = release(`tool-${randomBytes(8).toString('hex')}`, digest)
  const { id, identity, feed, seq } = op
  stores.trust.putIntent({ id, identity, feed, seq, name: op.body.name, version: VERSION, payload: op.bytes, state: 'prepared', createdAt: 0 })
  say('intent', id)
  signRelease(stores, op)
  say('own', id)
  storeRelease(stores, op)
  say('op', id)
  stores.trust.removeIntent(id)
  say('blob', await fetchBlob(stores))
}

const [home = '', rounds = 'Infinity'] = process.argv.slice(2)

const orSay = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work()
  } catch (error) {
    if (rounds === 'Infinity') throw error
    say('failed', toGgenError(error).code)
  }
}

say('began', home)
await orSay(async () => {
  await using _lock = await lockHome(home)
  await using blobs = await openDiskBlobs(join(home, 'blobs'))
  using catalogue = openCatalogue(join(home, 'catalogue.db'))
  using trust = openTrustStore(join(home, 'trust.db'))
  for (let round = 0; round < Number(rounds); round += 1) {
    await orSay(async () => {
      await writeRound({ home, blobs, catalogue, trust })
      say('round', 'whole')
    })
  }
})
