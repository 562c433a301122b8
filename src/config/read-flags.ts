import { readAddress, readBootstrap, readBulkPort, readControlPort, readListen, readNetwork, type SettingsReading } from './settings.ts'

/** The options of `ggen p2p start`, as they were typed. */
export interface Flags {
  readonly listen?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly mdns?: boolean
  readonly network?: string
  readonly light?: boolean
  /** A port, or `off`. */
  readonly bulkPort?: string
  /** A port, or `off`. */
  readonly controlPort?: string
}

/** Settings out of the command line. Throws `address-invalid` or `config-invalid` that name the option. */
export const readFlags = (flags: Flags): SettingsReading => {
  const listening = flags.listen === undefined ? undefined : readListen(flags.listen, '--listen')
  const bootstrap = flags.bootstrap?.map((text) => readAddress(text, '--bootstrap'))
  return {
    settings: {
      ...(listening !== undefined && { listen: listening.listen }),
      ...(bootstrap !== undefined && { bootstrap: readBootstrap(bootstrap, '--bootstrap') }),
      ...(flags.mdns !== undefined && { mdns: flags.mdns }),
      ...(flags.network !== undefined && { network: readNetwork(flags.network, '--network') }),
      ...(flags.light !== undefined && { light: flags.light }),
      ...(flags.bulkPort !== undefined && { bulkPort: readBulkPort(flags.bulkPort, '--bulk-port') }),
      ...(flags.controlPort !== undefined && { controlPort: readControlPort(flags.controlPort, '--control-port') }),
    },
    remarks: listening?.remarks ?? [],
  }
}
