import { type Command, InvalidArgumentError } from 'commander'
import { type IdentityId, isGgenError, LIMITS, type PackageName, parseDuration, parseIdentityId, parsePackageName, parseRate } from '#core'
import type { Run } from './commands/context.ts'
import { parseSince } from './parse-since.ts'

/** Hears which command was chosen. `run` loads the command's code when it is called. */
export type OnChoice = (command: Command, run: Run) => void

const TIMEOUT_SECONDS = 86_400
const LEAST_HOLD_MS = 1000

/** Reads seconds for commander. */
export const readSeconds = (text: string): number => {
  const seconds = Number(text)
  const isInRange = seconds > 0 && seconds <= TIMEOUT_SECONDS
  if (text.trim() === '' || !isInRange) throw new InvalidArgumentError(`Give seconds: more than 0, at most ${TIMEOUT_SECONDS}.`)
  return seconds
}

/** Reads a number of search results for commander. */
export const readLimit = (text: string): number => {
  const limit = Number(text)
  if (!/^\d+$/.test(text) || limit < 1 || limit > LIMITS.searchResults) throw new InvalidArgumentError(`Give a number from 1 to ${LIMITS.searchResults}.`)
  return limit
}

/** Reads a number of copies for commander. */
export const readReplicas = (text: string): number => {
  const replicas = Number(text)
  if (!/^\d+$/.test(text) || replicas < 1 || replicas > LIMITS.replicas) throw new InvalidArgumentError(`Give a number from 1 to ${LIMITS.replicas}.`)
  return replicas
}

/** Reads a number of signatures for commander. */
export const readSignatures = (text: string): number => {
  if (!/^[0-8]$/.test(text)) throw new InvalidArgumentError('Give a number from 0 to 8.')
  return Number(text)
}

/** Reads a span of time for commander, milliseconds. */
export const readSpan = (text: string): number => {
  try {
    return parseDuration(text)
  } catch (error) {
    if (!isGgenError(error, 'config-invalid')) throw error
    throw new InvalidArgumentError(`${error.message}.`)
  }
}

/** Reads for how long a key may be open, milliseconds. */
export const readHold = (text: string): number => {
  const ms = readSpan(text)
  if (ms < LEAST_HOLD_MS || ms > LIMITS.agentLongestMs) throw new InvalidArgumentError('Give a time from 1s to 12h.')
  return ms
}

/** Reads bytes per second for commander, which would take `null` for an option without a value. */
export const readRate = (text: string): number | 'none' => {
  try {
    return parseRate(text) ?? 'none'
  } catch (error) {
    if (!isGgenError(error, 'config-invalid')) throw error
    throw new InvalidArgumentError(`${error.message}.`)
  }
}

/** Reads a publisher for commander. */
export const readPublisher = (text: string): IdentityId => {
  try {
    return parseIdentityId(text)
  } catch (error) {
    if (!isGgenError(error, 'name-invalid')) throw error
    throw new InvalidArgumentError('Give a whole identity, bafyrei and so on, as ggen info NAME shows it.')
  }
}

/** Reads a day, a moment or a time span until now; Unix seconds. Throws `usage`. */
export const readSince = (text: string): number => parseSince(text, Date.now())

/** Reads a number of events for commander. */
export const readCount = (text: string): number => {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count < 1 || !Number.isSafeInteger(count)) throw new InvalidArgumentError('Give a number from 1 on.')
  return count
}

/** Collects names of packages for commander. */
export const collectNames = (text: string, before: readonly PackageName[] | undefined): readonly PackageName[] => {
  try {
    return [...(before ?? []), ...collect(text, undefined).map(parsePackageName)]
  } catch (error) {
    if (!isGgenError(error, 'name-invalid')) throw error
    throw new InvalidArgumentError(`${error.message}.`)
  }
}

/** Collects some of a few words for commander. */
export const collectOf =
  <T extends string>(allowed: readonly T[]) =>
  (text: string, before: readonly T[] | undefined): readonly T[] => {
    const chosen = collect(text, undefined).map((part) => allowed.find((one) => one === part))
    if (!chosen.every((one) => one !== undefined)) throw new InvalidArgumentError(`Allowed choices are ${allowed.join(', ')}.`)
    return [...(before ?? []), ...chosen]
  }

/** Collects an option that may be repeated, and whose value may hold several with commas. */
export const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...text.split(',').map((part) => part.trim()).filter((part) => part !== ''),
]

/** The option that every command has that waits. */
export interface WaitOptions {
  readonly timeout?: number
}

/** Gives a command `--json`, `--timeout` where it waits, and an example under its help. */
export const share = (command: Command, example: string, timeoutSeconds?: number): Command => {
  command.option('--json', 'print JSON, errors too')
  if (timeoutSeconds !== undefined) command.option('--timeout <seconds>', 'give up after this time', readSeconds, timeoutSeconds)
  return command.addHelpText('after', `\nExample:\n  $ ${example}`)
}
