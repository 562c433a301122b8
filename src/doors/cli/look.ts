import { styleText } from 'node:util'
import { variable, type Variables } from '#config'
import type { Output } from './commands/world.ts'

/** How text for people looks on one output. */
export interface Look {
  /** Tables with a heading on a terminal; tab-separated lines for other programs. */
  readonly isTTY: boolean
  readonly columns: number
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  /** What people type to call this program: in a checkout it is not on their path. */
  readonly command: 'ggen' | 'npx ggen'
}

const DEFAULT_COLUMNS = 80

const wantsColour = (output: Output, env: Variables): boolean => {
  const forced = variable(env, 'FORCE_COLOR')
  if (variable(env, 'NO_COLOR') !== undefined) return false
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return output.isTTY && variable(env, 'TERM') !== 'dumb'
}

const commandOf = (env: Variables): Look['command'] =>
  variable(env, 'npm_lifecycle_event') === 'start' || variable(env, 'npm_command') === 'exec' ? 'npx ggen' : 'ggen'

/** The look of an output: colours unless `NO_COLOR` is set, `TERM` is `dumb` or it is no terminal; `FORCE_COLOR` wants them anywhere. */
export const lookOf = (output: Output, env: Variables): Look => {
  const isColoured = wantsColour(output, env)
  const paint = (format: 'bold' | 'dim' | 'red') => (text: string) => (isColoured ? styleText(format, text, { validateStream: false }) : text)
  const { isTTY, columns = DEFAULT_COLUMNS } = output
  return { isTTY, columns, bold: paint('bold'), dim: paint('dim'), red: paint('red'), command: commandOf(env) }
}
