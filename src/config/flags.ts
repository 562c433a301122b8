/** The options of `ggen p2p start`, as they were typed. */
export interface Flags {
  readonly listen?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly mdns?: boolean
  readonly network?: string
  readonly topic?: string
  readonly light?: boolean
  readonly publish?: boolean
  readonly dhtServer?: boolean
  /** A span of time, or `off`. */
  readonly idle?: string
  /** A port, or `off`. */
  readonly bulkPort?: string
  /** A port, or `off`. */
  readonly controlPort?: string
  /** A port, or `off`. */
  readonly httpPort?: string
  /** Absolute path of a file to read in place of `config.toml`. */
  readonly config?: string
}
