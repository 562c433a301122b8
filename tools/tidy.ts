import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { architectureTable } from './tidy/architecture-table.ts'
import { CHECKS } from './tidy/checks.ts'
import { readTree } from './tidy/read-tree.ts'

const [first] = process.argv.slice(2)
const root = resolve(first === undefined || first === '--table' ? dirname(dirname(fileURLToPath(import.meta.url))) : first)
const tree = await readTree(root)

if (first === '--table') {
  console.log(architectureTable(tree.layers))
} else {
  const findings = Object.entries(CHECKS).flatMap(([name, check]) => check(tree).map((finding) => ({ name, ...finding })))
  for (const { path, line, name, problem } of findings) console.error(`${path}:${line} ${name}: ${problem}`)
  console.log(`tidy: ${Object.keys(CHECKS).length} checks, ${tree.sources.length} files, ${findings.length} findings`)
  if (findings.length > 0 || tree.sources.length === 0) process.exitCode = 1
}
