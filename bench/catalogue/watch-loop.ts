import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a node process says of its event loop since it was asked last, milliseconds beyond what the timer itself takes. */
export interface LoopDelays {
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Where the answer is written; each question is a SIGUSR2. */
export const DELAYS_FILE = 'loop-delays.json'

const RESOLUTION_MS = 5

/** Runs inside the node that is measured, by `--import`: nothing in the node knows of it. */
const watch = (home: string): void => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  process.on('SIGUSR2', () => {
    const ms = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    const delays: LoopDelays = { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), max: ms(histogram.max) }
    histogram.reset()
    writeFileSync(`${home}/${DELAYS_FILE}`, JSON.stringify(delays))
  })
}

const home = process.env['GGEN_HOME']
if (home !== undefined && process.execArgv.some((argument) => argument.includes('watch-loop'))) watch(home)
