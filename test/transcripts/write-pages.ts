// Writes what the commands really print into the pages that are named. Read the difference before you commit it.
import { readFile, writeFile } from 'node:fs/promises'
import { playPage } from './play-page.ts'

for (const path of process.argv.slice(2)) await writeFile(path, await playPage(await readFile(path, 'utf8')))
