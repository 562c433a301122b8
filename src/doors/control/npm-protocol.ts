/** `GET /v1/npm`: where package managers ask this node. */
export interface NpmReply {
  /** `http://127.0.0.1:PORT/npm/` */
  readonly url: string
  /** The registries behind it, that for names without a scope first. */
  readonly upstreams: readonly string[]
  /** Scopes whose names come from one of these alone, each with its `@`. */
  readonly scopes: readonly { readonly scope: string; readonly upstream: string }[]
  /** Of all archives and documents that the node holds. */
  readonly cacheBytes: number
  /** What whoever changes something shows; only the user of the node can ask for it. */
  readonly token: string
}

/** `POST /v1/npm/served {agoMs}`: how archives were served in the last so many milliseconds, oldest first. */
export interface NpmServedReply {
  readonly served: readonly ServedReply[]
}

/** `POST /v1/npm/addresses {packages}`: where registries have archives, at most `NPM_LIMITS.askedAddresses` in one question. */
export interface NpmAddressesReply {
  /** In the order of the question; `null`: no registry but this node has it. */
  readonly addresses: readonly (string | null)[]
}

/** One archive, as it is asked for. */
export interface NpmAddressQuestion {
  readonly name: string
  readonly version: string
}

/** One archive that a client asked for. */
export interface ServedReply {
  /** Unix milliseconds. */
  readonly at: number
  readonly name: string
  readonly version: string
  /** `network`: published to the network; `nowhere`: it was not served. */
  readonly from: 'disk' | 'peer' | 'upstream' | 'network' | 'nowhere'
  readonly bytes: number
  readonly firstByteMs: number
  readonly durationMs: number
  /** Who gave it, of peers. */
  readonly peer?: string
  readonly client: string
  /** Why it was not served, or who failed before. */
  readonly trouble?: string
}
