// Writes the tables of the configuration's reference, and its schema, from the table of settings. Read the difference before you commit it.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configSchema, withTables } from '#config'

const PAGES = join(import.meta.dirname, '..', '..', 'docs', 'reference')

await writeFile(join(PAGES, 'config.md'), withTables(await readFile(join(PAGES, 'config.md'), 'utf8')))
await writeFile(join(PAGES, 'config.schema.json'), `${JSON.stringify(configSchema(), undefined, 2)}\n`)
