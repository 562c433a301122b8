import { type Command, CommanderError } from 'commander'
import { GgenError } from '#core'
import type { Run } from './commands/context.ts'
import type { Output } from './commands/world.ts'
import type { WaitOptions } from './options.ts'
import { createProgram } from './program.ts'
import { fromSeed } from './seed-commands.ts'

/** A command that can be run. `--json` is accepted everywhere; how to print is decided by whoever prints. */
export interface Choice {
  readonly kind: 'command'
  readonly timeoutSeconds: number
  readonly run: Run
}

/** Text that was asked for instead: help, or the version. */
export interface Help {
  readonly kind: 'help'
  readonly text: string
}

const NO_WAIT_SECONDS = 60
const SUGGESTION = /\n\((Did you mean .+\?)\)$/

/** commander says `error: unknown command 'serch'\n(Did you mean search?)`. */
const toUsageError = (error: CommanderError): GgenError => {
  const suggestion = SUGGESTION.exec(error.message)?.[1]
  const message = error.message.replace(SUGGESTION, '').replace(/^error: /, '')
  return new GgenError('usage', message, suggestion === undefined ? {} : { hint: suggestion.replace(/^D/, 'd') })
}

/** `ggen status` is close to `ggen p2p status`, but not in letters. */
const findInGroup = (program: Command, [name = '']: readonly string[]): GgenError | undefined => {
  const group = program.commands.find(({ commands }) => commands.some((command) => command.name() === name))
  return group && new GgenError('usage', `unknown command '${name}'`, { hint: `did you mean ${group.name()} ${name}?` })
}

/** What comes behind `with` belongs to another program, options and all. */
const shielded = (args: readonly string[]): readonly string[] => {
  const [first, ...rest] = args
  const own = rest.findIndex((word) => !word.startsWith('-'))
  return first === 'with' && own !== -1 ? [first, ...rest.slice(0, own), '--', ...rest.slice(own)] : args
}

/** Chooses the command that the arguments ask for. Throws `usage` with the nearest command or option as hint. */
export const parseArguments = (args: readonly string[], { version, stdout }: { readonly version: string; readonly stdout: Output }): Choice | Help => {
  let choice: Choice | undefined
  let text = ''
  const program = createProgram(version, (command, run) => {
    const { timeout = NO_WAIT_SECONDS } = command.opts<WaitOptions>()
    choice = { kind: 'command', timeoutSeconds: timeout, run }
  })
  const settle = (one: Command): void => {
    one.exitOverride().configureOutput({
      writeOut: (part) => (text += part),
      writeErr: (part) => (text += part),
      outputError: () => undefined,
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stdout.columns ?? 80,
    })
    one.commands.forEach(settle)
  }
  settle(program)
  try {
    program.parse(shielded(fromSeed(args)), { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    const isHelp = error.code === 'commander.help' || error.code === 'commander.helpDisplayed' || error.code === 'commander.version'
    if (!isHelp) throw (error.code === 'commander.unknownCommand' ? findInGroup(program, program.args) : undefined) ?? toUsageError(error)
  }
  return choice ?? { kind: 'help', text }
}
