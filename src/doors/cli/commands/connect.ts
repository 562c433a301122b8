import { type GgenError, isGgenError, type Multiaddr, parseMultiaddr } from '#core'
import type { ConnectedReply } from '#doors/control'
import type { Run } from './context.ts'

/** `ggen p2p connect`: connects to each node, and says who is there. Throws why the last one could not be reached when none could. */
export const connect =
  (texts: readonly string[]): Run =>
  async ({ client, deadline, say }) => {
    const addresses: readonly Multiaddr[] = texts.map(parseMultiaddr)
    const connected: ConnectedReply[] = []
    let failure: GgenError | undefined
    for (const address of addresses) {
      try {
        connected.push(await client.connect(address, deadline.signal))
      } catch (error) {
        deadline.signal.throwIfAborted()
        if (!isGgenError(error) || error.code === 'daemon-not-running') throw error
        failure = error
        say(`${address}: ${error.message}`)
      }
    }
    if (failure !== undefined && connected.length === 0) throw failure
    return { kind: 'connected', value: { connected } }
  }
