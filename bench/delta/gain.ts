import { gunzipSync } from 'node:zlib'
import { median, type Result, round } from '../measure.ts'
import { measurePatch } from './patch.ts'

const LEVELS = [12, 19] as const
const GOAL = 'measured, to decide whether deltas pay'
/** Fast enough that nobody minds the whole archive. */
const LINK_MBITS = 100
const LINK_NAME = `a link of ${LINK_MBITS} Mbit/s`

/** Two archives of one package, as they were published. */
export interface Step {
  readonly name: string
  readonly before: Buffer
  readonly after: Buffer
  /** Milliseconds to compress the new tar to the identical archive; absent: no way to do it was found. */
  readonly recompress?: (tar: Buffer) => Promise<number> | number
}

/** What a delta would have brought for one step. */
export interface Gain {
  readonly name: string
  readonly wholeBytes: number
  /** NaN where the archive cannot be rebuilt. */
  readonly recompressMs: number
  readonly patches: readonly { readonly level: number; readonly sizeBytes: number; readonly receiveMs: number }[]
}

const canRebuild = ({ recompressMs }: Gain): boolean => !Number.isNaN(recompressMs)

const kb = (bytes: number): number => round(bytes / 1000)

/** Makes and applies the patches of a step, and counts what the receiver has to do after the last byte. */
export const measureGain = async ({ name, before, after, recompress }: Step): Promise<Gain> => {
  const began = performance.now()
  const oldTar = gunzipSync(before)
  const gunzipMs = performance.now() - began
  const newTar = gunzipSync(after)
  const recompressMs = recompress === undefined ? Number.NaN : await recompress(newTar)
  const patches = LEVELS.map((level) => ({ level, ...measurePatch(oldTar, newTar, level) }))
  const made = patches.map(({ level, sizeBytes, makeMs }) => `zstd ${level}: ${kb(sizeBytes)} kB made in ${round(makeMs)} ms`).join(', ')
  console.log(`${name}: ${kb(after.length)} kB, ${made}; recompressed in ${round(recompressMs)} ms`)
  return { name, wholeBytes: after.length, recompressMs, patches: patches.map((patch) => ({ ...patch, receiveMs: gunzipMs + patch.applyMs + recompressMs })) }
}

const patchOf = ({ patches }: Gain, level: number): Gain['patches'][number] => {
  const found = patches.find((patch) => patch.level === level)
  if (found === undefined) throw new Error(`no patch of level ${level}`)
  return found
}

/** Mbit/s below which fetching the patch and rebuilding takes less time than fetching the whole archive. */
const breakEven = (gain: Gain, level: number): number => {
  const { sizeBytes, receiveMs } = patchOf(gain, level)
  return ((gain.wholeBytes - sizeBytes) * 8) / 1000 / receiveMs
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

type Figure = Pick<Result, 'what' | 'unit' | 'ours' | 'baseline' | 'baselineName'>

const row = (figure: Figure): Result => ({
  ...figure, ours: round(figure.ours), baseline: round(figure.baseline), ratio: round(figure.ours / figure.baseline), goal: GOAL, pass: true,
})

/** How often archives can be rebuilt, how fast, how much is saved, and on which links that saves time. */
export const summarise = (archives: string, gains: readonly Gain[]): Result[] => {
  const usable = gains.filter(canRebuild)
  const wholeBytes = sum(gains.map((gain) => gain.wholeBytes))
  const megabytesPerSecond = sum(usable.map((gain) => gain.wholeBytes)) / 1000 / sum(usable.map(({ recompressMs }) => recompressMs))
  return [
    row({ what: `${archives} rebuilt bit for bit`, unit: 'archives', ours: usable.length, baseline: gains.length, baselineName: 'all' }),
    row({ what: `${archives}: recompression, bytes of archive`, unit: 'MB/s', ours: megabytesPerSecond, baseline: LINK_MBITS / 8, baselineName: LINK_NAME }),
    ...LEVELS.flatMap((level) => {
      // Where the archive cannot be rebuilt the whole of it is sent.
      const sentBytes = sum(gains.map((gain) => (canRebuild(gain) ? patchOf(gain, level).sizeBytes : gain.wholeBytes)))
      const mbits = median(usable.map((gain) => breakEven(gain, level)))
      const sent = `${archives}: sent with deltas, zstd ${level}`
      const saves = `${archives}: link below which a delta saves time, zstd ${level}, median`
      return [
        row({ what: sent, unit: 'kB', ours: sentBytes / 1000, baseline: wholeBytes / 1000, baselineName: 'whole archives' }),
        row({ what: saves, unit: 'Mbit/s', ours: mbits, baseline: LINK_MBITS, baselineName: LINK_NAME }),
      ]
    }),
  ]
}

/** One row for each patch of a step. */
export const rowsOf = (gain: Gain): Result[] =>
  gain.patches.map(({ level, sizeBytes }) => ({
    ...row({ what: `${gain.name}, zstd ${level}`, unit: 'kB', ours: sizeBytes / 1000, baseline: gain.wholeBytes / 1000, baselineName: 'the whole archive' }),
    goal: canRebuild(gain) ? `saves time below ${Math.round(breakEven(gain, level))} Mbit/s` : 'the archive cannot be rebuilt bit for bit',
    pass: canRebuild(gain),
  }))
