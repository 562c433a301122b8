import { codedCall } from './heed-signal.ts'
import type { NodePlan } from './node-plan.ts'
import type { P2PConfig, RegistryChoice } from './p2p-config.ts'
import { P2PRegistry } from './p2p-registry.ts'
import { planNode } from './running-node.ts'

/** A node, and whom it asks besides. */
export interface HybridConfig extends Omit<P2PConfig, 'registry'>, RegistryChoice {}

/**
 * A node that asks a central registry as well as peers, in the order that is chosen: where the one does not answer or does not know, the other is asked. What
 * either says is signed by publishers and checked here, so that the order decides how fast something comes, and never what. A registry that is down is left
 * alone for a while.
 */
export class HybridRegistry extends P2PRegistry {
  /** Whom it asks, in this order, after itself: the address of the central registry, and `peers`. */
  readonly asks: readonly string[]

  /** `open` makes one. */
  private constructor(asked: P2PConfig, plan: NodePlan) {
    super(asked, plan)
    this.asks = Object.freeze(orderOf(plan))
  }

  /** Checks what is asked for; the node starts with `startListening` or its first call, as every `P2PRegistry`. Throws `config-invalid`, `address-invalid`. */
  static async open({ centralUrl, mode, prefer, token, privateNames, ...rest }: HybridConfig = {}): Promise<HybridRegistry> {
    const registry: RegistryChoice = {
      ...(centralUrl !== undefined && { centralUrl }),
      ...(mode !== undefined && { mode }),
      ...(prefer !== undefined && { prefer }),
      ...(token !== undefined && { token }),
      ...(privateNames !== undefined && { privateNames }),
    }
    const asked = { ...rest, registry }
    return await codedCall(async () => new HybridRegistry(asked, await planNode(asked)))
  }
}

const orderOf = ({ config: { registry: { mode, prefer, centralUrl } } }: NodePlan): readonly string[] => {
  const central = mode === 'p2p' || centralUrl === undefined ? [] : [centralUrl]
  const peers = mode === 'central' ? [] : ['peers']
  return prefer === 'central-first' ? [...central, ...peers] : [...peers, ...central]
}
