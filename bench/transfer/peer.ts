import { join } from 'node:path'
import type { Digest } from '#core'
import { openPeer, type Peer, type Place, type Source } from './compose.ts'
import { type Command, drive, renewable } from './driver.ts'

const [role, folder = '.'] = process.argv.slice(2)

const peers = renewable(folder, openPeer, async (peer) => peer[Symbol.asyncDispose]())

/** Further nodes in this process. */
const crowd: Peer[] = []

/** Nodes that hold a file, each with a limit of its own, bytes per second. */
export interface Holding {
  readonly count: number
  readonly file: string
  readonly limit: number
}

const more = async ({ verb, argument }: Command): Promise<unknown> => {
  const peer = await peers.current()
  switch (verb) {
    case 'place': return peer.place()
    case 'holders': return await holders(argument as Holding)
    case 'meet': return await peer.meet(argument as Place)
    case 'miss': return await peer.miss(argument as Digest)
    case 'crowd': {
      for (let index = 0; index < (argument as number); index++) crowd.push(await openPeer(join(folder, `crowd-${index}`)))
      return crowd.map((each) => each.place())
    }
    default: throw new Error(`no such verb: ${verb}`)
  }
}

/** Takes a file in at each of several nodes; what a consumer must know of each. */
const holders = async ({ count, file, limit }: Holding): Promise<Source[]> => {
  const sources: Source[] = []
  for (let index = 0; index < count; index++) {
    const holder = await openPeer(join(folder, `holder-${index}`))
    crowd.push(holder)
    sources.push(await holder.add(file))
    holder.limit(limit)
  }
  return sources
}

await drive({
  offer: async (file) => (await peers.current()).add(file),
  fetch: async ({ sources }) => (await peers.current()).fetch(sources as readonly Source[]),
  forget: () => (role === 'consumer' ? peers.forget() : Promise.resolve()),
  more,
})
