import type { PackageName, TransferProgress } from '#core'
import { type Environment, findPlaces, type Places } from '#config'
import { type ControlClient, controlClient } from '#doors/control'
import type { Deadline } from './deadline.ts'
import type { Outcome } from './outcome.ts'
import type { Ask, World } from './world.ts'

/** What a command works with. */
export interface Context {
  readonly world: World
  readonly environment: Environment
  readonly places: Places
  readonly client: ControlClient
  readonly deadline: Deadline
  /** Prints a result at once: for commands that have more than one. */
  readonly print: (outcome: Outcome) => void
  /** Shows people on stderr what they need to answer a question. */
  readonly show: (outcome: Outcome) => void
  /** Tells people something on stderr. */
  readonly say: (line: string) => void
  readonly watchFetch: WatchFetch
  /** Only where people can see how far something is. */
  readonly watchCount?: WatchCount
  /** Only where a person can be asked: at a terminal, and not between lines of JSON. */
  readonly ask?: Ask | undefined
}

/** Runs a fetch; people at a terminal see how far it is. */
export type WatchFetch = <T>(name: PackageName, fetch: (onProgress?: (progress: TransferProgress) => void) => Promise<T>) => Promise<T>

/** How far something is that is done many times. */
export interface CountedProgress {
  readonly done: number
  readonly of: number
  /** That have come so far. */
  readonly bytes: number
}

/** Shows how far work is, in one line, until it ends. */
export type WatchCount = <T>(what: string, work: (onProgress: (progress: CountedProgress) => void) => Promise<T>) => Promise<T>

/** A command that was chosen, with its arguments. Resolves to its result, or to nothing when it has printed all it had. */
export type Run = (context: Context) => Promise<Outcome | undefined>

/** How a command talks with people. */
type Talk = Pick<Context, 'deadline' | 'print' | 'show' | 'say' | 'watchFetch' | 'watchCount' | 'ask'>

/** A context for one run. Opens nothing. Throws `config-invalid`. */
export const createContext = (world: World, environment: Environment, talk: Talk): Context => {
  const places = findPlaces(environment.env, environment.platform, environment.dotGgen)
  return { world, environment, places, client: controlClient(places.socketPath), ...talk }
}
