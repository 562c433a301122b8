import { gunzipSync } from 'node:zlib'
import { temporaryFolder } from '#testing'
import { download, repack } from './delta/archives.ts'
import { type Gain, measureGain, rowsOf, summarise } from './delta/gain.ts'
import { findRecipe, timeRecipe } from './delta/recompress.ts'
import { report } from './measure.ts'

/** Steps between versions as people make them. */
const STEPS: readonly (readonly [name: string, before: string, after: string])[] = [
  ['lodash', '4.17.20', '4.17.21'],
  ['lodash', '4.17.21', '4.17.23'],
  ['@types/node', '26.6.5', '26.6.6'],
  ['rxjs', '7.8.1', '7.8.2'],
  ['react-dom', '19.2.8', '19.2.9'],
  ['react-dom', '19.2.9', '19.3.0'],
  ['prettier', '3.10.0', '3.10.1'],
  ['prettier', '3.9.10', '3.10.0'],
  ['typescript', '5.8.3', '5.9.2'],
  ['typescript', '5.9.2', '5.9.3'],
  ['esbuild-wasm', '0.28.1', '0.28.2'],
]
const MIB = 1024 * 1024

/** Whether deltas between versions pay: how small they are, how often the exact archive can be rebuilt, and what rebuilding costs. */
export const run = async (): Promise<void> => {
  await using work = await temporaryFolder()
  const npm: Gain[] = []
  const own: Gain[] = []
  for (const [name, ...versions] of STEPS) {
    const archives = [await download(work.path, name, versions[0]), await download(work.path, name, versions[1])] as const
    const tars = [gunzipSync(archives[0]), gunzipSync(archives[1])] as const
    const recipe = findRecipe(archives[1], tars[1])
    const title = `${name} ${versions.join(' → ')}`
    const recompress = recipe === undefined ? {} : { recompress: (tar: Buffer) => timeRecipe(tar, recipe) }
    npm.push(await measureGain({ name: `${title} as published`, before: archives[0], after: archives[1], ...recompress }))
    const packed = [await repack(tars[0]), await repack(tars[1])] as const
    if (packed[1].length <= MIB) continue
    own.push(await measureGain({ name: `${title} packed by ggen`, before: packed[0], after: packed[1], recompress: (tar) => timeRepack(tar, packed[1]) }))
  }
  const summaries = [...summarise('archives of npm', npm), ...summarise('archives of ggen publish above 1 MiB', own)]
  await report('delta', [...summaries, ...npm.flatMap(rowsOf), ...own.flatMap(rowsOf)])
}

const timeRepack = async (tar: Buffer, archive: Buffer): Promise<number> => {
  const began = performance.now()
  const again = await repack(tar)
  const elapsed = performance.now() - began
  if (!again.equals(archive)) throw new Error('our own packer gave other bytes for the same files')
  return elapsed
}
