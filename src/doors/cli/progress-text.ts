import type { PackageName, TransferProgress } from '#core'
import type { CountedProgress } from './commands/context.ts'
import type { Look } from './look.ts'
import { shorten } from './plain-text.ts'
import { count, durationText, sizeText } from './quantities.ts'

const GAP = '  '
const BAR_COLUMNS = 24
const SHORTEST_NAME = 12

const percentOf = ({ receivedBytes, sizeBytes }: TransferProgress): number =>
  sizeBytes === 0 ? 100 : Math.min(100, Math.floor((receivedBytes * 100) / sizeBytes))

const barText = (progress: TransferProgress): string => {
  const done = Math.floor((percentOf(progress) * BAR_COLUMNS) / 100)
  return `[${'#'.repeat(done)}${'-'.repeat(BAR_COLUMNS - done)}]`
}

/** What is worth showing, most important first, each as wide as it will be a moment later. */
const detailsOf = (progress: TransferProgress): readonly string[] => {
  const { receivedBytes, sizeBytes, bytesPerSecond, remainingMs, sources } = progress
  return [
    `${percentOf(progress)} %`.padStart(5),
    `${sizeText(receivedBytes)} of ${sizeText(sizeBytes)}`.padStart(sizeText(sizeBytes).length * 2 + 4),
    `${sizeText(bytesPerSecond)}/s`.padStart(9),
    ...(remainingMs === undefined ? [] : [`${durationText(Math.ceil(remainingMs / 1000))} left`.padStart(9)]),
    count(sources, 'source'),
    barText(progress),
  ]
}

/** How far a fetch is, in one line that leaves the last column free, so that no terminal breaks it. What does not fit is left out. */
export const progressText = (name: PackageName, progress: TransferProgress, look: Look): string => {
  const room = Math.max(0, look.columns - 1)
  const details = detailsOf(progress)
  let line = ''
  for (const detail of details) {
    if (Math.min(name.length, SHORTEST_NAME) + line.length + GAP.length + detail.length > room) break
    line += `${GAP}${detail}`
  }
  return `${look.bold(shorten(name, room - line.length))}${line}`
}

/** How far work is that is done many times, in one line that leaves the last column free. */
export const countText = (what: string, { done, of, bytes }: CountedProgress, columns = 80): string =>
  shorten(`${what}  ${done} of ${of}  ${sizeText(bytes)}`, Math.max(0, columns - 1))
