import { createPublicKey, verify as verifySignature } from 'node:crypto'
import { decode } from '@ipld/dag-cbor'
import { openEach, openOp, signingBytes } from '#trust'
import { opsFile, readOps } from '../catalogue/ops-file.ts'
import { SEED } from '../catalogue/seed.ts'
import { median, type Result, round } from '../measure.ts'

const PACKAGES = 2000
const OPENED = 2048
/** As many as are opened in one go where a catalogue comes in. */
const SLICE = 128
const ROUNDS = 15
const GOAL = 0.8

const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')
const MULTICODEC_BYTES = 2

type Envelope = readonly [number, Uint8Array, readonly (readonly [Uint8Array, Uint8Array])[]]

/** The signatures of an op, with everything prepared that is not the check itself: the key, and the very bytes that were signed. */
const bareChecks = (envelope: Uint8Array): readonly (() => boolean)[] => {
  const [, payload, signatures] = decode<Envelope>(envelope)
  const message = signingBytes(payload)
  return signatures.map(([multikey, signature]) => {
    const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, multikey.subarray(MULTICODEC_BYTES)]), format: 'der', type: 'spki' })
    return () => verifySignature(null, message, key, signature)
  })
}

const envelopesOf = async (): Promise<readonly Uint8Array[]> => {
  const envelopes: Uint8Array[] = []
  for await (const envelope of readOps(await opsFile(SEED, PACKAGES))) {
    if (envelopes.length === OPENED) break
    envelopes.push(Uint8Array.from(envelope))
  }
  return envelopes
}

interface Slice {
  readonly envelopes: readonly Uint8Array[]
  readonly checks: readonly (() => boolean)[]
}

const CONTESTANTS = {
  bare: ({ checks }: Slice): void => {
    for (const check of checks) if (!check()) throw new Error('a signature of the sample is wrong')
  },
  one: ({ envelopes }: Slice): void => {
    for (const envelope of envelopes) openOp(envelope)
  },
  many: ({ envelopes }: Slice): void => {
    if (openEach(envelopes).some(({ op }) => op === undefined)) throw new Error('an op of the sample is wrong')
  },
} as const

type Contestant = keyof typeof CONTESTANTS

const NAMES = Object.keys(CONTESTANTS) as Contestant[]

/** Milliseconds of each contestant over all slices, which they take by turns. */
const race = (slices: readonly Slice[]): Readonly<Record<Contestant, number>> => {
  const times = { bare: 0, one: 0, many: 0 }
  for (const [index, slice] of slices.entries()) {
    for (const turn of NAMES.keys()) {
      const name = NAMES[(turn + index) % NAMES.length] ?? 'bare'
      const began = performance.now()
      CONTESTANTS[name](slice)
      times[name] += performance.now() - began
    }
  }
  return times
}

/** How many signed ops are opened in a second, beside the bare checks of the same signatures over the same bytes. */
export const verify = async (): Promise<Result[]> => {
  const envelopes = await envelopesOf()
  const slices = Array.from({ length: envelopes.length / SLICE }, (_, index): Slice => {
    const some = envelopes.slice(index * SLICE, (index + 1) * SLICE)
    return { envelopes: some, checks: some.flatMap(bareChecks) }
  })
  const signatures = slices.reduce((sum, { checks }) => sum + checks.length, 0)
  race(slices)
  const rounds = Array.from({ length: ROUNDS }, () => race(slices))
  const perSecond = (name: Contestant): number => median(rounds.map((times) => (signatures * 1000) / times[name]))
  const row = (what: string, name: Contestant): Result => {
    const ratio = median(rounds.map((times) => times.bare / times[name]))
    return {
      what, unit: 'signatures/s', ours: Math.round(perSecond(name)), baseline: Math.round(perSecond('bare')), baselineName: 'node:crypto alone, prepared keys',
      ratio: round(ratio), goal: `≥ ${GOAL} × node:crypto alone`, pass: ratio >= GOAL,
    }
  }
  return [
    row('opening signed ops one by one: strict decoding, schema, signatures', 'one'),
    row(`the same in slices of ${SLICE}, as a catalogue comes in`, 'many'),
  ]
}
