import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import type { Lane } from './proxy-lane.ts'

/** From the side that connected, or back to it. */
export type Way = 'up' | 'down'

/** What goes wrong once this many bytes of one connection have passed. */
export interface Fault {
  /** Reset the connection; stall the whole link until it is resumed; flip one bit of the next byte. */
  readonly kind: 'cut' | 'stall' | 'flip'
  readonly way: Way
  readonly afterBytes: number
  /** Only on the first connection that gets so far; otherwise on each. */
  readonly once?: boolean
}

/** What one way of one connection needs to know. */
export interface PipeOptions {
  readonly lane: Lane
  /** Half a round trip. */
  readonly delayMs: number
  readonly faults: readonly Fault[]
  /** False: this fault has happened on another connection, and only once. */
  readonly mayHappen: (fault: Fault) => boolean
  /** Resolves when the link is not stalled; rejects when the connection is over. */
  readonly open: () => Promise<void>
  readonly stall: () => void
  readonly cut: () => void
  readonly passed: (bytes: number) => void
  /** Aborted when the connection is over: nothing waits any longer. */
  readonly signal: AbortSignal
}

interface Part {
  readonly bytes: Buffer
  readonly dueMs: number
}

/** Parts on their way, in order, bounded by bytes. */
class Line {
  readonly #parts: Part[] = []
  readonly #limit: number
  #bytes = 0
  #ended = false
  #changed = Promise.withResolvers<void>()

  constructor(limit: number) {
    this.#limit = limit
  }

  async put(part: Part): Promise<void> {
    while (this.#bytes >= this.#limit && !this.#ended) await this.#changed.promise
    this.#parts.push(part)
    this.#bytes += part.bytes.length
    this.#wake()
  }

  /** Nothing more comes; also frees a writer that waits for room. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  async take(): Promise<Part | undefined> {
    while (this.#parts.length === 0 && !this.#ended) await this.#changed.promise
    const part = this.#parts.shift()
    if (part !== undefined) this.#bytes -= part.bytes.length
    this.#wake()
    return part
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }
}

/** Carries what one side says to the other until it ends, with the delays and faults of the link. Rejects with the error of a socket. */
export const carry = async (from: Socket, to: Socket, options: PipeOptions): Promise<void> => {
  const line = new Line(options.lane.window(2 * options.delayMs))
  await Promise.all([fill(from, line, options), drain(line, to, options)])
}

const fill = async (from: Socket, line: Line, { lane, delayMs }: PipeOptions): Promise<void> => {
  const partBytes = lane.partBytes
  try {
    for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      for (let offset = 0; offset < chunk.length; offset += partBytes) {
        const bytes = chunk.subarray(offset, offset + partBytes)
        await line.put({ bytes, dueMs: lane.pass(bytes.length, performance.now()) + delayMs })
      }
    }
  } finally {
    line.end()
  }
}

const drain = async (line: Line, to: Socket, options: PipeOptions): Promise<void> => {
  let passed = 0
  try {
    for (let part = await line.take(); part !== undefined; part = await line.take()) {
      const early = part.dueMs - performance.now()
      if (early > 0.5) await after(Math.ceil(early), undefined, { signal: options.signal })
      await options.open()
      const written = await writePart(to, part.bytes, { passed, options })
      passed += written
      options.passed(written)
      if (written < part.bytes.length) return
    }
    to.end()
  } finally {
    line.end()
  }
}

/** Bytes that were let through: fewer than given when the connection was cut. */
const writePart = async (to: Socket, bytes: Buffer, { passed, options }: { readonly passed: number; readonly options: PipeOptions }): Promise<number> => {
  const due = options.faults
    .filter(({ afterBytes }) => afterBytes >= passed && afterBytes < passed + bytes.length)
    .filter((fault) => options.mayHappen(fault))
    .sort((a, b) => a.afterBytes - b.afterBytes)
  let rest = bytes
  let done = 0
  for (const { kind, afterBytes } of due) {
    const before = afterBytes - passed - done
    await write(to, rest.subarray(0, before), options.signal)
    rest = rest.subarray(before)
    done += before
    if (kind === 'cut') {
      options.cut()
      return done
    }
    if (kind === 'stall') {
      options.stall()
      await options.open()
    } else {
      rest = Buffer.from(rest)
      rest[0] = (rest[0] ?? 0) ^ 1
    }
  }
  await write(to, rest, options.signal)
  return bytes.length
}

const write = async (to: Socket, bytes: Buffer, signal: AbortSignal): Promise<void> => {
  if (bytes.length > 0 && !to.write(bytes)) await once(to, 'drain', { signal })
}
