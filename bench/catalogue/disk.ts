import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { createGzip } from 'node:zlib'
import { type Result, round } from '../measure.ts'
import { packagesAtMost, short } from './amount.ts'
import { filledCatalogue } from './filled-home.ts'
import { mixed, realPackages } from './real-packages.ts'
import { SEED } from './seed.ts'

const SIZES = [10_000, 100_000, 1_000_000] as const
const GZIP_LEVEL = 6

/** Bytes that each package costs in the file of the catalogue, beside the same records as gzipped lines of JSON; the shares of tables are printed. */
export const disk = async (): Promise<Result[]> => {
  const rows: Result[] = []
  for (const count of new Set(SIZES.map(packagesAtMost))) {
    const path = await filledCatalogue({ seed: SEED, count })
    const ours = (await stat(path)).size / count
    const baseline = (await gzippedBytes(count)) / count
    console.log(`${short(count)} packages: ${sharesOf(path, count).join(', ')}`)
    rows.push({
      what: `catalogue on the disk with ${short(count)} packages, a package`, unit: 'bytes', ours: round(ours), baseline: round(baseline),
      baselineName: 'the same records as gzipped JSON lines, unsigned', ratio: round(ours / baseline), goal: 'stated', pass: true,
    })
  }
  return rows
}

const gzippedBytes = async (count: number): Promise<number> => {
  const gzip = createGzip({ level: GZIP_LEVEL })
  let bytes = 0
  gzip.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  for (const record of mixed(await realPackages(), SEED, count)) {
    if (!gzip.write(`${JSON.stringify(record)}\n`)) await once(gzip, 'drain')
  }
  gzip.end()
  await once(gzip, 'end')
  return bytes
}

/** What each table and index has of a package, largest first. */
const sharesOf = (path: string, count: number): string[] => {
  using database = new DatabaseSync(path, { readOnly: true })
  const rows = database.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name ORDER BY bytes DESC').all()
  return rows.map(({ name, bytes }) => `${String(name)} ${Math.round(Number(bytes) / count)}`)
}
