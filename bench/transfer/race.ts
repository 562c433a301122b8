import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Contestant, type System } from './contestant.ts'
import { makePayload, type Payload, sha256OfFile } from './payload.ts'
import { quietDown } from './quiet.ts'

/** A system with one provider and one consumer running. */
export class Pair implements AsyncDisposable {
  readonly system: System
  readonly provider: Contestant
  readonly consumer: Contestant
  readonly #folder: string
  readonly #offers = new Map<string, unknown>()

  private constructor(system: System, folder: string, [provider, consumer]: readonly [Contestant, Contestant]) {
    this.system = system
    this.provider = provider
    this.consumer = consumer
    this.#folder = folder
  }

  /** `prepare` may put into the folders what the processes need at their start. */
  static async start(system: System, work: string, prepare: (folder: string) => Promise<void> = async () => undefined): Promise<Pair> {
    const folder = join(work, system.name)
    const folders = [join(folder, 'provider'), join(folder, 'consumer'), join(folder, 'out')] as const
    for (const each of folders) await mkdir(each, { recursive: true })
    await prepare(folders[0])
    const provider = await Contestant.start(system, 'provider', folders[0])
    try {
      return new Pair(system, folder, [provider, await Contestant.start(system, 'consumer', folders[1])])
    } catch (error) {
      await provider[Symbol.asyncDispose]()
      throw error
    }
  }

  /** What a consumer must know of a payload; offered once. */
  async source(payload: Payload): Promise<unknown> {
    if (!this.#offers.has(payload.path)) this.#offers.set(payload.path, await this.provider.offer(payload.path))
    return this.#offers.get(payload.path)
  }

  /** Fetches, compares every byte by its hash afterwards, drops the files; answers the milliseconds. */
  async fetch(payloads: readonly Payload[], width = 1): Promise<number> {
    const wanted = []
    for (const [index, payload] of payloads.entries()) {
      wanted.push({ sources: [await this.source(payload)], out: join(this.#folder, 'out', `${index}`) })
    }
    const bytes = payloads.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    if (bytes >= MUCH_BYTES) await quietDown()
    await warmMemory(this.#folder, bytes)
    const { ms, files } = await this.consumer.fetch(wanted, width)
    await compare(this.system.name, files, payloads)
    return ms
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.consumer[Symbol.asyncDispose]()
    await this.provider[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** Whoever moves so much leaves something behind. */
const MUCH_BYTES = 10_000_000

const WARM_BLOCK = Buffer.alloc(1 << 20, 1)

/**
 * Writes as much as is going to be fetched into a file and drops it. A virtual machine may give memory that was freed back to its host within
 * seconds, and taking it again costs several times what writing does: without this, whoever waited longer before its turn would pay for that.
 */
export const warmMemory = async (folder: string, bytes: number): Promise<void> => {
  const path = join(folder, 'warm')
  await using file = await open(path, 'w')
  for (let left = bytes; left > 0; left -= WARM_BLOCK.length) await file.write(WARM_BLOCK)
  await rm(path)
}

/** Throws when a file is not what was asked for. Files are dropped so that no later round can find them. */
export const compare = async (name: string, files: readonly string[], payloads: readonly Payload[]): Promise<void> => {
  for (const [index, { path, sha256 }] of payloads.entries()) {
    const file = files[index] ?? ''
    if ((await sha256OfFile(file)) !== sha256) throw new Error(`${name} delivered other bytes than those of ${path}`)
    await rm(file)
  }
}

/** Whether the consumer has a connection to the provider when the clock starts; either way its code is warm and it holds nothing. */
export type Contact = 'at hand' | 'new'

/** One of those that run against each other. */
export interface Runner {
  readonly pair: Pair
  /** False: it makes a connection for each file anyway, so there is none to have at hand. */
  readonly keepsConnection: boolean
}

const GREETING_BYTES = 1000
/** After it what began with a new connection is over. */
export const SETTLE_MS = 100

/** How a race goes; the rounds before the first do not count. */
export interface Course {
  readonly rounds: number
  readonly warmUps: number
  readonly contact: Contact
  readonly work: string
}

/** Milliseconds of every round by the name of the runner; the error of one that failed and is out. */
export type Times = ReadonlyMap<string, number[] | Error>

/** Lets runners run in alternation. */
export const race = async (runners: readonly Runner[], payload: Payload, { rounds, warmUps, contact, work }: Course): Promise<Times> => {
  const greeting = await makePayload(work, 'greeting', GREETING_BYTES)
  const times = new Map<string, number[] | Error>(runners.map(({ pair }) => [pair.system.name, []]))
  for (let round = -warmUps; round < rounds; round++) {
    for (const { pair, keepsConnection } of runners) {
      const soFar = times.get(pair.system.name)
      if (!Array.isArray(soFar)) continue
      try {
        await pair.consumer.forget()
        await pair.source(payload)
        if (contact === 'at hand' && keepsConnection) {
          await pair.fetch([greeting])
          await sleep(SETTLE_MS)
        }
        const ms = await pair.fetch([payload])
        if (round >= 0) soFar.push(ms)
      } catch (error) {
        times.set(pair.system.name, error instanceof Error ? error : new Error(String(error)))
      }
    }
  }
  return times
}
