import { open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'

/** One thing that is wanted: what each of its holders said when it was offered there, and the file that it shall become. */
export interface Wanted {
  readonly sources: readonly unknown[]
  readonly out: string
}

/** One side of a system under test. A process is a provider or a consumer, and stays up for all rounds. */
export interface Driver {
  /** Makes a file available; answers what a consumer must know: content id and address. Plain JSON. */
  offer?(file: string): Promise<unknown>
  /** Fetches and verifies; answers where the file is, when that is not `out`. */
  fetch?(wanted: Wanted): Promise<string | undefined>
  /** Forgets all content and all contacts, as if the process had just started; the code stays warm. */
  forget?(): Promise<void>
  /** What only this system can be asked. */
  more?(command: Command): Promise<unknown>
}

/** One line on standard input. */
export interface Command {
  readonly id: number
  readonly verb: string
  readonly file?: string
  readonly wanted?: readonly Wanted[]
  /** How many of them at a time. */
  readonly width?: number
  readonly argument?: unknown
}

/** Lines of ours start with this: libraries print what they like. */
export const MARK = '@@'

/** Makes a file and its name safe from a power failure: every contestant's clock stops after this and not before. */
export const flush = async (path: string): Promise<void> => {
  await flushOne(path)
  await flushOne(dirname(path))
}

/** A file or a folder. */
export const flushOne = async (path: string): Promise<void> => {
  await using handle = await open(path)
  await handle.sync()
}

const print = (value: unknown): void => void process.stdout.write(`${MARK}${JSON.stringify(value)}\n`)

/** Tells the harness something while a command runs. */
export const tell = (event: string): void => print({ event })

/** Fetches everything, `width` at a time, and answers the milliseconds it took from the first question to the last file. */
const fetchAll = async (driver: Driver, wanted: readonly Wanted[], width: number): Promise<unknown> => {
  const files: string[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < wanted.length; index = next++) {
      const each = wanted[index]
      if (each !== undefined) files[index] = (await driver.fetch?.(each)) ?? each.out
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: Math.min(width, wanted.length) }, worker))
  return { ms: performance.now() - began, files }
}

const obey = async (driver: Driver, command: Command): Promise<unknown> => {
  const { verb, file = '', wanted = [], width = 1 } = command
  switch (verb) {
    case 'offer': return await driver.offer?.(file)
    case 'fetch': return await fetchAll(driver, wanted, width)
    case 'forget': return await driver.forget?.()
    default: return await driver.more?.(command)
  }
}

/** Obeys commands until standard input ends, one after the other. */
export const drive = async (driver: Driver): Promise<void> => {
  print({ ready: true })
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line) as Command
    try {
      print({ id: command.id, answer: (await obey(driver, command)) ?? null })
    } catch (error) {
      print({ id: command.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  }
  process.exit()
}

/** A provider or a consumer that is made anew when it has to forget: `open` gets a fresh folder, `close` ends what `open` began. */
export const renewable = <T>(folder: string, open: (folder: string) => Promise<T>, close: (one: T) => Promise<void>): {
  current(): Promise<T>
  forget(): Promise<void>
} => {
  let generation = 0
  let opened: Promise<T> | undefined
  const place = (): string => `${folder}/${generation}`
  return {
    current: () => (opened ??= open(place())),
    forget: async () => {
      if (opened !== undefined) await close(await opened)
      await rm(place(), { recursive: true, force: true })
      generation += 1
      opened = open(place())
      await opened
    },
  }
}
