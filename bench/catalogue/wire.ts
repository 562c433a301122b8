import { createPublicKey, verify } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import type { Op } from '#core'
import { openOp } from '#trust'
import { median, type Result, round } from '../measure.ts'
import { packagesAtMost, short } from './amount.ts'
import { opsFile, readOps } from './ops-file.ts'
import { SEED } from './seed.ts'

const PACKAGES = 100_000
const PIECE_BYTES = 1 << 20
const OPENED = 2000
const ROUNDS = 5

/** Microseconds that each call takes, the median of some rounds. */
const microseconds = (work: readonly (() => void)[]): number => median(Array.from({ length: ROUNDS }, () => {
  const began = performance.now()
  for (const one of work) one()
  return ((performance.now() - began) * 1000) / work.length
}))

const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')
const MULTICODEC_BYTES = 2

/** One check of a signature and nothing else; the message has the size of the op, and whether it fits does not change the time. */
const bareCheck = ({ bytes, signers }: Op): (() => void) => {
  const point = Buffer.from([...signers][0] ?? '', 'hex').subarray(MULTICODEC_BYTES)
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, point]), format: 'der', type: 'spki' })
  const signature = Buffer.from(bytes.slice(-64))
  return () => void verify(null, bytes, key, signature)
}

const opening = async (path: string): Promise<Result> => {
  const envelopes: Uint8Array[] = []
  for await (const envelope of readOps(path)) {
    if (envelopes.length >= OPENED) break
    envelopes.push(Uint8Array.from(envelope))
  }
  const bare = envelopes.map((envelope) => bareCheck(openOp(envelope)))
  const ours = microseconds(envelopes.map((envelope) => () => void openOp(envelope)))
  const baseline = microseconds(bare)
  return {
    what: 'opening a signed op: strict decoding, schema, signature', unit: 'µs', ours: round(ours), baseline: round(baseline),
    baselineName: 'the signature alone', ratio: round(ours / baseline), goal: 'stated', pass: true,
  }
}

/** What signed ops weigh as they travel one by one, how far they shrink many together, and what checking them takes. */
export const wire = async (): Promise<Result[]> => {
  const count = packagesAtMost(PACKAGES)
  const path = await opsFile(SEED, count)
  let [ops, rawBytes, packedBytes, waitingBytes] = [0, 0, 0, 0]
  let waiting: Uint8Array[] = []
  const pack = (): void => {
    packedBytes += zstdCompressSync(Buffer.concat(waiting)).length
    waiting = []
    waitingBytes = 0
  }
  for await (const envelope of readOps(path)) {
    ops += 1
    rawBytes += envelope.length
    waiting.push(envelope)
    waitingBytes += envelope.length
    if (waitingBytes >= PIECE_BYTES) pack()
  }
  pack()
  const row = (what: string, unit: string, [ours, baseline]: readonly [number, number]): Result => ({
    what, unit, ours: round(ours), baseline: round(baseline), baselineName: 'the same, zstd in pieces of 1 MiB', ratio: round(ours / baseline),
    goal: 'stated', pass: true,
  })
  return [
    row('a signed op', 'bytes', [rawBytes / ops, packedBytes / ops]),
    row(`all signed ops of ${short(count)} packages, a package`, 'bytes', [rawBytes / count, packedBytes / count]),
    await opening(path),
  ]
}
