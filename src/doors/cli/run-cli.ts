import { type GgenError, isGgenError, toGgenError } from '#core'
import { variable, type Variables } from '#config'
import { createContext, type WatchCount, type WatchFetch } from './commands/context.ts'
import { Deadline } from './commands/deadline.ts'
import { isUpToDate, type Outcome } from './commands/outcome.ts'
import type { World } from './commands/world.ts'
import { isWrong } from './describe-diagnosis.ts'
import { errorText } from './error-text.ts'
import { lookOf } from './look.ts'
import { type Choice, parseArguments } from './parse-arguments.ts'
import { jsonLine } from './plain-text.ts'
import { humanText } from './print-outcome.ts'

/** Everything before `--`: also arguments that could not be understood decide how the complaint is printed. */
const wantsJson = (args: readonly string[]): boolean => {
  // What comes after it is for another program.
  if (args[0] === 'with') return false
  const end = args.indexOf('--')
  const before = end === -1 ? args : args.slice(0, end)
  // `--format json` is how documents of before ask for it.
  return before.some((arg, index) => arg === '--json' || arg === '--format=json' || (arg === 'json' && before[index - 1] === '--format'))
}

/** Prints in the one way that was asked for. */
class Printer {
  readonly #world: World
  readonly #json: boolean
  constructor(world: World, json: boolean) {
    this.#world = world
    this.#json = json
  }

  outcome(outcome: Outcome): void {
    const { stdout } = this.#world
    if (this.#json) {
      stdout.write(jsonLine(jsonOf(outcome)))
      return
    }
    const { result, remark } = humanText(outcome, lookOf(stdout, this.#env()))
    if (result !== '') stdout.write(result)
    if (remark !== undefined) this.talk(remark)
    const failure = failureOf(outcome)
    if (failure !== undefined) this.error(failure)
  }

  /** What a person needs to answer a question: beside the results. */
  show(outcome: Outcome): void {
    const { stderr } = this.#world
    stderr.write(humanText(outcome, lookOf(stderr, this.#env())).result)
  }

  error(error: GgenError): void {
    const { stdout, stderr } = this.#world
    if (this.#json) stdout.write(jsonLine({ error }))
    else stderr.write(errorText(error, lookOf(stderr, this.#env())))
  }

  /** Whoever reads JSON cannot answer. */
  get ask(): World['ask'] {
    return this.#json ? undefined : this.#world.ask
  }

  talk(line: string): void {
    this.#world.stderr.write(`${line}\n`)
  }

  /** A line that changes needs a terminal, and nobody wants it between lines of JSON. */
  readonly watchFetch: WatchFetch = async (name, fetch) => {
    const { stderr } = this.#world
    const env = this.#env()
    if (this.#json || !stderr.isTTY || variable(env, 'TERM') === 'dumb') return await fetch()
    const { watchFetchOn } = await import('./watch-fetch.ts')
    return await watchFetchOn(stderr, env)(name, fetch)
  }

  /** As `watchFetch`. */
  get watchCount(): WatchCount | undefined {
    const { stderr } = this.#world
    const env = this.#env()
    if (this.#json || !stderr.isTTY || variable(env, 'TERM') === 'dumb') return undefined
    return async (what, work) => await (await import('./watch-fetch.ts')).watchCountOn(stderr)(what, work)
  }

  /** Decides on colours. An environment that cannot be read must not hide the error about it. */
  #env(): Variables {
    try {
      return this.#world.environment().env
    } catch (error) {
      if (isGgenError(error)) return {}
      throw error
    }
  }
}

/** A failure beside a result stands in the same JSON, so that there is one value to read. */
const jsonOf = (outcome: Outcome): unknown =>
  'failure' in outcome && outcome.failure !== undefined ? { ...outcome.value, error: outcome.failure } : outcome.value

const failureOf = (outcome: Outcome): GgenError | undefined => ('failure' in outcome ? outcome.failure : undefined)

/** A diagnosis that finds something wrong, and a look for something newer that finds it, are successes of their own: nothing is printed beside them. */
const exitCodeOf = (outcome: Outcome): number => {
  if (outcome.kind === 'ran') return outcome.value.exitCode
  if (outcome.kind === 'examined') return isWrong(outcome.value) ? 1 : 0
  if (outcome.kind === 'updates') return isUpToDate(outcome.value) ? 0 : 1
  return failureOf(outcome)?.kind.exitCode ?? 0
}

const runChoice = async ({ timeoutSeconds, run }: Choice, world: World, printer: Printer): Promise<number> => {
  const environment = world.environment()
  using deadline = new Deadline(world.interrupted, timeoutSeconds)
  const print = (outcome: Outcome): void => printer.outcome(outcome)
  const show = (outcome: Outcome): void => printer.show(outcome)
  const say = (line: string): void => printer.talk(line)
  const { watchFetch, watchCount, ask } = printer
  const watching = { watchFetch, ...(watchCount !== undefined && { watchCount }) }
  const outcome = await run(createContext(world, environment, { deadline, print, show, say, ...watching, ask }))
  if (outcome === undefined) return 0
  if (outcome.kind !== 'ran') print(outcome)
  return exitCodeOf(outcome)
}

/**
 * Runs one `ggen` command line (without executable and launcher) to its end. Results go to stdout, everything else to stderr; with
 * `--json` both results and errors are JSON on stdout. Resolves to the exit code; never rejects.
 */
export const runCli = async (args: readonly string[], world: World): Promise<number> => {
  const printer = new Printer(world, wantsJson(args))
  try {
    const parsed = parseArguments(args, world)
    if (parsed.kind !== 'help') return await runChoice(parsed, world, printer)
    world.stdout.write(parsed.text)
    return 0
  } catch (error) {
    const coded = toGgenError(error)
    printer.error(coded)
    return coded.kind.exitCode
  }
}
