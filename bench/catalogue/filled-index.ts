import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { digestOf, type IdentityId, type OpId } from '#core'
import type { CatalogueEntry } from '#store'
import { openCatalogue } from '#store/disk'
import { storeVersion } from './filled-home.ts'
import { cacheFolder } from './ops-file.ts'
import { type PackageRecord, packages } from './packages.ts'

const BATCH = 5000
/** As docs of SQLite would have it: a column for each field, weighed by BM25. */
const PLAIN = "CREATE VIRTUAL TABLE plain USING fts5 (name, tags, category, author, description, content = '', detail = column, prefix = '2 3')"

const idOf = (text: string): OpId => `bafyrei${digestOf(Buffer.from(text)).slice(-52)}` as OpId

const entryOf = ({ name, summary, publisher, versions, scripts, status }: PackageRecord): CatalogueEntry | undefined => {
  const newest = versions.at(-1)
  if (newest === undefined) return undefined
  const { version, at } = newest
  return {
    ...summary, identity: idOf(`publisher ${publisher}`) as IdentityId, name, version, digest: digestOf(Buffer.from(name)), kind: 'tgz', scripts,
    deprecated: status?.state === 'deprecated', at, known: at, op: idOf(name),
  }
}

const fill = (path: string, seed: number, count: number): void => {
  using catalogue = openCatalogue(path)
  using plain = new DatabaseSync(`${path}.plain`)
  plain.exec(`PRAGMA synchronous = OFF; ${PLAIN}`)
  const insert = plain.prepare('INSERT INTO plain (rowid, name, tags, category, author, description) VALUES (?, ?, ?, ?, ?, ?)')
  for (let from = 0; from < count; from += BATCH) {
    plain.exec('BEGIN')
    catalogue.transact(() => {
      for (const record of packages(seed, Math.min(BATCH, count - from), from)) {
        const entry = entryOf(record)
        if (entry === undefined) continue
        catalogue.putEntry(entry)
        insert.run(null, entry.name, entry.tags.join(' '), entry.category, entry.author, `${entry.title} ${entry.description}`)
      }
    })
    plain.exec('COMMIT')
  }
}

/** A catalogue file with nothing but entries, and beside it `<path>.plain` with the same texts in a plain full-text index; made where they are missing. */
export const filledIndex = async (seed: number, count: number): Promise<string> => {
  const path = join(await cacheFolder(), `entries-${await storeVersion()}-${seed}-${count}.db`)
  if (existsSync(path)) return path
  const unfinished = `${path}.${process.pid}`
  fill(unfinished, seed, count)
  await rename(`${unfinished}.plain`, `${path}.plain`)
  await rename(unfinished, path)
  return path
}
