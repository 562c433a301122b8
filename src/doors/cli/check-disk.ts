import { LIMITS } from '#core'
import type { CheckRow } from './commands/check-row.ts'
import type { DiskRoom, Listing } from './commands/machine.ts'
import { sizeText } from './quantities.ts'

export interface DiskFacts {
  readonly home: string
  readonly room: DiskRoom | undefined
  readonly listing: Listing | undefined
  /** That archives may take: `undefined` where the configuration cannot be read, `Infinity` without a quota. */
  readonly quotaBytes: number | undefined
}

/** Below this, what other programs write soon fills the disk. */
const LITTLE_BYTES = 1024 * 1024 * 1024
const FEW_FILES = 1000

/** Whether the disk has room, and what ggen takes of it. */
export const checkDisk = (facts: DiskFacts): readonly CheckRow[] => [roomRow(facts), usageRow(facts)]

const roomRow = ({ home, room }: DiskFacts): CheckRow => {
  if (room === undefined) return { check: 'disk', state: 'unknown', finding: `the system does not say how much room there is for ${home}` }
  const { freeBytes, totalBytes, freeFiles } = room
  const finding = `${sizeText(freeBytes)} of ${sizeText(totalBytes)} are free`
  const row = { check: 'disk', finding, advice: 'free some space, or choose a home on another disk with GGEN_HOME' }
  if (freeFiles !== undefined && freeFiles < FEW_FILES) return { ...row, state: 'fail', finding: `${finding}, but only for ${freeFiles} more files` }
  const reserve = LIMITS.diskReserveBytes
  if (freeBytes < reserve) return { ...row, state: 'fail', finding: `${finding}: a node takes nothing in below ${sizeText(reserve)}` }
  return freeBytes < LITTLE_BYTES ? { ...row, state: 'warn' } : { check: 'disk', state: 'ok', finding }
}

const usageRow = ({ listing, quotaBytes }: DiskFacts): CheckRow => {
  const { files, isWhole } = listing ?? { files: [], isWhole: true }
  const sumOf = (some: typeof files): number => some.reduce((sum, { bytes }) => sum + bytes, 0)
  const archives = sumOf(files.filter(({ path, kind }) => kind === 'file' && path.startsWith('blobs/')))
  const least = isWhole ? '' : 'at least '
  const finding = `archives take ${least}${sizeText(archives)}${quotaText(quotaBytes)}, everything ${least}${sizeText(sumOf(files))}`
  if (quotaBytes === undefined || archives <= quotaBytes) return { check: 'quota', state: 'ok', finding }
  const advice = 'see what is kept with ggen pins; raise storage.quota, or ggen unpin some'
  return { check: 'quota', state: 'warn', finding: `${finding}: what is pinned takes more than the quota`, advice }
}

const quotaText = (quotaBytes: number | undefined): string => {
  if (quotaBytes === undefined) return ''
  return quotaBytes === Infinity ? ', without a quota' : ` of ${sizeText(quotaBytes)} that they may`
}
