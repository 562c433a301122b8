import { GgenError } from '#core'
import { codedCall } from './heed-signal.ts'
import type { P2PConfig, P2PTrust } from './p2p-config.ts'
import { P2PRegistry } from './p2p-registry.ts'
import { planNode } from './running-node.ts'

/** Says what a node should be, then `build` makes it. Each method returns a builder with one more wish; the one before stays as it is. */
export class P2PRegistryBuilder {
  readonly #config: P2PConfig

  constructor(config: P2PConfig = {}) {
    this.#config = Object.freeze({ ...config })
  }

  /** Several wishes at once; they win over those before. */
  withConfig(config: P2PConfig): P2PRegistryBuilder {
    return new P2PRegistryBuilder({ ...this.#config, ...config })
  }

  /** Nodes to connect to, besides those that were named before. */
  withBootstrapNodes(nodes: readonly string[]): P2PRegistryBuilder {
    return this.withConfig({ bootstrapNodes: [...(this.#config.bootstrapNodes ?? []), ...nodes] })
  }

  withListenAddresses(addresses: readonly string[]): P2PRegistryBuilder {
    return this.withConfig({ listenAddresses: addresses })
  }

  /** The folder in which the keys are kept, for a node and a publisher that stay who they are. */
  withIdentityPath(folder: string): P2PRegistryBuilder {
    return this.withConfig({ identityPath: folder })
  }

  withHome(folder: string): P2PRegistryBuilder {
    return this.withConfig({ home: folder })
  }

  /** The home folder and the settings that the `ggen` command of this user has. */
  withUserConfig(): P2PRegistryBuilder {
    return this.withConfig({ userConfig: true })
  }

  withNetwork(name: string): P2PRegistryBuilder {
    return this.withConfig({ network: name })
  }

  withMdns(mdns: boolean): P2PRegistryBuilder {
    return this.withConfig({ mdns })
  }

  withTrust(trust: P2PTrust): P2PRegistryBuilder {
    return this.withConfig({ trust: { ...this.#config.trust, ...trust } })
  }

  /** Opens the publisher's keys, and encrypts new ones. */
  withPassphrase(passphrase: string): P2PRegistryBuilder {
    return this.withConfig({ passphrase })
  }

  /** New publisher's keys lie in the clear: for tests, and for disks that are protected otherwise. */
  withoutPassphrase(): P2PRegistryBuilder {
    return this.withConfig({ passphrase: false })
  }

  /** Lets `ggen` commands and other programs of this user talk to the node. */
  withControlSocket(): P2PRegistryBuilder {
    return this.withConfig({ controlSocket: true })
  }

  /** Checks all that was asked for. Nothing is contacted and no port is opened before `startListening`. Throws `address-invalid`, `config-invalid`. */
  async build(): Promise<P2PRegistry> {
    return await codedCall(async () => P2PRegistry.ofPlan(this.#config, await planNode(this.#checked())))
  }

  #checked(): P2PConfig {
    const { listenAddresses } = this.#config
    if (listenAddresses?.length === 0) throw new GgenError('config-invalid', 'listenAddresses is empty: give at least one address, or leave it out')
    return this.#config
  }
}
