import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { isGgenError } from '#core'
import { freePort } from '#testing'
import { limited } from '../limits/limit.ts'
import { median, type Result, round, spread } from '../measure.ts'
import { nameOf, type Place } from './place.ts'

const ROUNDS = 5
const NEXT = 10
/** What a dead registry may cost once, and then. */
const ONCE_MS = 1000
const NOTHING_MS = 20

/** A server that takes connections and never answers. */
const startHole = async (): Promise<{ readonly url: string } & AsyncDisposable> => {
  const open = new Set<{ destroy: () => void }>()
  const server = createServer((socket) => void open.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

interface Times {
  readonly first: number[]
  readonly next: number[]
}

/** What a node that has just started takes for its first install, and for the ones after it. */
const measure = async (place: Place, times: Times, url: string | undefined): Promise<void> => {
  await using user = await place.startUser(url === undefined ? {} : { url })
  for (let index = 0; index <= NEXT; index++) {
    const { began, ended } = await user.install(nameOf(index))
    times[index === 0 ? 'first' : 'next'].push(ended - began)
  }
}

/** Until a node that can ask nobody says so. */
const untilError = async (place: Place, url: string): Promise<number> => {
  await using user = await place.startUser({ url, hasPeers: false })
  const began = performance.now()
  try {
    await user.install(nameOf(0))
  } catch (error) {
    if (isGgenError(error, 'registry-unreachable')) return performance.now() - began
    throw error
  }
  throw new Error('an install came from nowhere')
}

const row = (what: string, [ours, usual]: readonly [readonly number[], readonly number[]], most: number): Result => {
  console.log(`${what}: ${spread(ours)} ms; peers alone: ${spread(usual)} ms, over ${ours.length} installs each`)
  const [mine, base] = [median(ours), median(usual)]
  return {
    what, unit: 'ms', ours: round(mine), baseline: round(base), baselineName: 'peers alone', ratio: round(mine / base), goal: `< ${most} ms more`,
    pass: mine < base + most,
  }
}

/** What a registry that does not answer costs nodes that have peers, beside nodes that have peers alone. */
export const unanswered = async (place: Place): Promise<Result[]> => {
  await using hole = await startHole()
  const nothing = (): Times => ({ first: [], next: [] })
  const [silent, refusing, usual] = [nothing(), nothing(), nothing()]
  const errors: number[] = []
  for (let turn = 0; turn < ROUNDS; turn++) {
    const closed = `http://127.0.0.1:${await freePort()}`
    const turns = [[silent, hole.url], [refusing, closed], [usual, undefined]] as const
    for (const [times, url] of turn % 2 === 0 ? turns : turns.toReversed()) await measure(place, times, url)
    errors.push(await untilError(place, closed))
  }
  return [
    row('first install with a registry that never answers', [silent.first, usual.first], ONCE_MS),
    row('installs after it', [silent.next, usual.next], NOTHING_MS),
    row('first install with a registry that refuses connections', [refusing.first, usual.first], ONCE_MS),
    row('installs after that one', [refusing.next, usual.next], NOTHING_MS),
    limited({ what: 'the error, where the registry refuses and there is no peer', unit: 'ms', values: errors, most: ONCE_MS }),
  ]
}
