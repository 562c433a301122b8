import { dirname } from 'node:path'

/** Test files that run in one process, one after the other. */
export interface Lot {
  /** What the lot is called: its folder, and which part of it where a folder has several. */
  readonly name: string
  readonly files: readonly string[]
}

/** A lot in which a file hangs is given up as a whole, and lots are what the lanes share: so they stay small. */
const FILES_A_LOT = 16

/** Tests of whole processes, of their memory and of their ends, have a process of their own. Those beside the sources share one for each folder. */
const isShared = (file: string): boolean => /^(?:src|tools)\//.test(file)

/** Every file in exactly one lot, in an order that depends on nothing but the names. */
export function lotsOf(files: readonly string[]): readonly Lot[] {
  const sorted = [...new Set(files)].toSorted()
  const folders = Map.groupBy(sorted.filter(isShared), (file) => dirname(file))
  const shared = [...folders].flatMap(([folder, inside]) => partsOf(folder, inside))
  return [...shared, ...sorted.filter((file) => !isShared(file)).map((file) => ({ name: file, files: [file] }))]
}

function partsOf(folder: string, files: readonly string[]): readonly Lot[] {
  const parts = Math.ceil(files.length / FILES_A_LOT)
  return Array.from({ length: parts }, (_, part) => ({
    name: parts === 1 ? folder : `${folder} ${part + 1}`,
    files: files.filter((__, index) => index % parts === part),
  }))
}
