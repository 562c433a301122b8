import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One row of `bench/results/NAME.json`. */
export interface Result {
  readonly what: string
  readonly unit: string
  readonly ours: number
  /** Between which values ours is the middle one. */
  readonly lowest?: number
  readonly highest?: number
  readonly baseline: number
  readonly baselineName: string
  readonly ratio: number
  readonly goal: string
  readonly pass: boolean
  /** Why there is no baseline to compare with; its numbers are then null. */
  readonly missing?: string
}

/** The middle of a list of numbers. */
export const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** `median [smallest – largest]`, for people. */
export const spread = (values: readonly number[]): string =>
  `${median(values).toFixed(1)} [${Math.min(...values).toFixed(1)} – ${Math.max(...values).toFixed(1)}]`

/** Milliseconds of one process from start to exit; throws when it fails. */
export const timeProcess = async (command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> => {
  const began = performance.now()
  const child = spawn(command, args, { env, stdio: 'ignore' })
  const [code] = (await once(child, 'exit')) as [number | null]
  const elapsed = performance.now() - began
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`)
  return elapsed
}

/**
 * Prints the rows and writes them to `bench/results/NAME.json`; with `merge` rows of earlier runs stay where this one has none of that name. Without
 * `records` they are only printed.
 */
export const report = async (name: string, results: readonly Result[], { merge = false, records = true } = {}): Promise<void> => {
  if (records) await write(name, results, merge)
  for (const { what, unit, ours, baseline, baselineName, ratio, goal, pass, missing } of results) {
    const beside = missing === undefined ? `${baselineName}: ${baseline} ${unit}, ratio ${ratio}` : `${baselineName}: ${missing}`
    console.log(`${missing === undefined ? (pass ? 'pass' : 'FAIL') : 'NONE'}  ${what}: ${ours} ${unit}, ${beside} (goal: ${goal})`)
  }
}

const write = async (name: string, results: readonly Result[], merge: boolean): Promise<void> => {
  const folder = join(import.meta.dirname, 'results')
  const file = join(folder, `${name}.json`)
  await mkdir(folder, { recursive: true })
  const before = merge && existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as readonly Result[]) : []
  const rows = new Map([...before, ...results].map((result) => [result.what, result]))
  await writeFile(file, `${JSON.stringify([...rows.values()], undefined, 2)}\n`)
}

/** Two decimals. */
export const round = (value: number): number => Math.round(value * 100) / 100
