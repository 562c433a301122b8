// Writes the tables of the reference that follow from the settings and from commands of before, and the schema. Read the difference before you commit it.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { configSchema, withTables } from '#config'
import { withSeeds } from '#doors/cli'

const PAGES = join(import.meta.dirname, '..', '..', 'docs', 'reference')

await writeFile(join(PAGES, 'config.md'), withTables(await readFile(join(PAGES, 'config.md'), 'utf8')))
await writeFile(join(PAGES, 'config.schema.json'), `${JSON.stringify(configSchema(), undefined, 2)}\n`)
await writeFile(join(PAGES, 'cli.md'), withSeeds(await readFile(join(PAGES, 'cli.md'), 'utf8')))
