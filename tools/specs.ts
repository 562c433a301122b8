// Runs test files as "node --test" does, but those of a folder in one process: starting one and loading the program costs more than most files do.
import { execFileSync } from 'node:child_process'
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Lot, lotsOf } from './specs/lots.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const HERE = process.cwd()
const CACHE = join(ROOT, 'node_modules/.cache')
const LOTS = join(CACHE, 'ggen-lots', String(process.pid))
/** Every file or lot of the last run with its seconds, the slowest first. */
const SLOWEST = join(CACHE, 'ggen-slowest.txt')
/** Many tests wait for others: three at a time keep two cores busy. */
const LANES = 3
const LOT_TIMEOUT_MS = 300_000

/** A module that runs the files of a lot. A file that cannot be loaded fails by its name, and the others run all the same. */
const lotModule = (files: readonly string[]): string => `import { test } from 'node:test'
for (const file of ${JSON.stringify(files)}) {
  await import(new URL(file, ${JSON.stringify(pathToFileURL(`${HERE}/`).href)})).catch((error) => test(file, () => { throw error }))
}
`

function writeLot({ name, files }: Lot): string {
  const [first = '', ...others] = files
  if (others.length === 0) return resolve(HERE, first)
  const path = join(LOTS, `${name.replaceAll(/[/ ]/g, '-')}.mjs`)
  writeFileSync(path, lotModule(files))
  return path
}

const files = process.argv.slice(2).flatMap((pattern) => globSync(pattern, { cwd: HERE, exclude: ['**/node_modules/**'] }))
if (files.length === 0) throw new Error(`no test file matches ${process.argv.slice(2).join(' ')}`)
mkdirSync(LOTS, { recursive: true })
if (HERE === resolve(ROOT) && files.some((file) => file.startsWith('test/'))) buildProgram()
process.on('exit', () => rmSync(LOTS, { recursive: true, force: true }))

/**
 * Tests of whole processes run the program as it is published: what they show is then true of it, and it starts in half of the time. A test
 * that is run alone runs the sources.
 */
function buildProgram(): void {
  const program = join(CACHE, 'ggen-program')
  execFileSync(process.execPath, [join(ROOT, 'tools/bundling/build.mjs'), '--program', program], { cwd: ROOT, stdio: 'inherit' })
  Object.assign(process.env, { GGEN_LAUNCHER: join(program, 'bin/ggen.mjs'), XDG_CACHE_HOME: CACHE })
}

const durations: { readonly durationMs: number; readonly name: string }[] = []

/** Where the time goes, for who wants to make the run shorter. */
const writeSlowest = (): void => {
  const lines = durations.toSorted((a, b) => b.durationMs - a.durationMs).map(({ durationMs, name }) => `${(durationMs / 1000).toFixed(1)} s  ${name}\n`)
  writeFileSync(SLOWEST, lines.join(''))
}

run({
  files: lotsOf(files).map(writeLot),
  cwd: HERE,
  concurrency: LANES,
  timeout: LOT_TIMEOUT_MS,
  execArgv: [`--import=${new URL('../test/support/compile-cache.mjs', import.meta.url).href}`, '--conditions=ggen-source'],
})
  .on('test:fail', ({ todo }) => {
    if (todo === undefined || todo === false) process.exitCode = 1
  })
  .on('test:summary', ({ file, duration_ms: durationMs }) => {
    if (file === undefined) writeSlowest()
    else durations.push({ durationMs, name: relative(HERE, file) })
  })
  .compose(spec)
  .pipe(process.stdout)
