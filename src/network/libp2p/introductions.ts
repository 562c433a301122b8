import { type Clock, FINISHED } from '#core'
import type { Connection } from '@libp2p/interface'
import type { Node } from './node.ts'
import { PEERS } from './settings.ts'
import type { Tasks } from './tasks.ts'

export interface IntroductionContext {
  readonly node: Node
  readonly clock: Clock
  readonly tasks: Tasks
}

/**
 * Asks whoever is connected who it is, a moment after it came. Whoever connects mostly has a question, and what follows from an introduction (the
 * DHT, gossip, a first ping) is a dozen streams on both sides that would keep it waiting.
 */
export const introduce = ({ node, clock, tasks }: IntroductionContext): void => {
  const identify = async (connection: Connection, signal: AbortSignal): Promise<void> => {
    const left = new AbortController()
    connection.addEventListener('close', () => left.abort(FINISHED), { once: true })
    const here = AbortSignal.any([signal, left.signal])
    await Promise.allSettled([clock.wait(PEERS.introduceMs, here)])
    if (here.aborted || connection.status !== 'open') return
    // Who does not answer stays unknown, and is let go for that.
    await Promise.allSettled([node.services.identify.identify(connection, { signal: AbortSignal.any([here, clock.timeout(PEERS.identifyMs)]) })])
  }
  node.addEventListener('connection:open', ({ detail }) => tasks.run('introduce', (signal) => identify(detail, signal)))
}
