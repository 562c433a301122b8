import { GgenError } from '#core'
import { codedCall } from './heed-signal.ts'
import { P2PRegistryBuilder } from './p2p-registry-builder.ts'
import type { P2PConfig } from './p2p-config.ts'
import type { P2PRegistry } from './p2p-registry.ts'

export interface TestnetOptions extends Omit<P2PConfig, 'home' | 'userConfig' | 'identityPath' | 'listenAddresses' | 'bootstrapNodes' | 'mdns'> {
  /** 1 to 32; three where it is absent. */
  readonly nodes?: number
  readonly signal?: AbortSignal
}

/** Real nodes on the loopback interface of this machine, for tests. Disposing stops them all and removes their folders. */
export interface Testnet extends AsyncDisposable {
  readonly nodes: readonly P2PRegistry[]
  /** One of them. Throws `usage` where there are fewer. */
  node(place: number): P2PRegistry
}

const USUAL_NODES = 3
const MOST_NODES = 32
/** More would only make starting slower: nodes tell each other of the rest. */
const INTRODUCTIONS = 2

/**
 * Starts nodes that know each other and nobody else: they listen on loopback only, look nowhere, keep everything in temporary folders, take the only
 * publisher of a name and new versions at once, and ask no domains. Resolves when each is connected to one that was there before it.
 */
export const createTestnet = async ({ nodes: count = USUAL_NODES, signal, ...config }: TestnetOptions = {}): Promise<Testnet> =>
  await codedCall(async () => {
    if (!Number.isSafeInteger(count) || count < 1 || count > MOST_NODES) throw new GgenError('usage', `a testnet has 1 to ${MOST_NODES} nodes`)
    await using opened = new AsyncDisposableStack()
    const nodes: P2PRegistry[] = []
    const addresses: string[] = []
    for (let place = 0; place < count; place++) {
      const known = addresses.slice(-INTRODUCTIONS)
      const node = opened.use(await quietNode(config, known).build())
      const listening = await node.startListening({ ...(signal && { signal }) })
      if (known.length > 0) await node.bootstrap(known, { ...(signal && { signal }) })
      nodes.push(node)
      addresses.push(...listening.addresses)
    }
    const running = opened.move()
    return {
      nodes,
      node: (place) => {
        const node = nodes[place]
        if (node === undefined) throw new GgenError('usage', `there are nodes 0 to ${count - 1} and no ${place}`)
        return node
      },
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    }
  })

const quietNode = (config: P2PConfig, bootstrapNodes: readonly string[]): P2PRegistryBuilder =>
  new P2PRegistryBuilder({
    network: 'testnet',
    ...config,
    listenAddresses: ['/ip4/127.0.0.1/tcp/0'],
    bootstrapNodes,
    mdns: false,
    trust: { firstUse: 'accept', domains: false, coolDownMs: 0, ...config.trust },
  })
