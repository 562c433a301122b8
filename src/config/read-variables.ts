import { variable, type Variables } from './environment.ts'
import {
  invalid, readAddress, readBootstrap, readBulkPort, readControlPort, readCoolDown, readFirstUse, readListen, readNetwork, type SettingsReading,
} from './settings.ts'

const SWITCH: Readonly<Record<string, boolean>> = { 1: true, true: true, on: true, yes: true, 0: false, false: false, off: false, no: false }

const readSwitch = (text: string, from: string): boolean => {
  const key = text.toLowerCase()
  const value = Object.hasOwn(SWITCH, key) ? SWITCH[key] : undefined
  if (value === undefined) throw invalid(from, `must be true or false, not ${JSON.stringify(text.slice(0, 40))}`)
  return value
}

const list = (text: string): string[] => text.split(',').map((part) => part.trim()).filter((part) => part !== '')

/**
 * Settings out of `GGEN_P2P_LISTEN`, `GGEN_P2P_BOOTSTRAP` (both comma-separated), `GGEN_P2P_MDNS`, `GGEN_P2P_GOSSIP`, `GGEN_NETWORK`,
 * `GGEN_BULK_PORT`, `GGEN_CONTROL_PORT`, `GGEN_TRUST_FIRST_USE`, `GGEN_TRUST_COOL_DOWN` and
 * `GGEN_TRUST_DOMAINS`. Throws `address-invalid` or `config-invalid` that name the variable.
 */
export const readVariables = (env: Variables): SettingsReading => {
  const listen = variable(env, 'GGEN_P2P_LISTEN')
  const bootstrap = variable(env, 'GGEN_P2P_BOOTSTRAP')
  const mdns = variable(env, 'GGEN_P2P_MDNS')
  const gossip = variable(env, 'GGEN_P2P_GOSSIP')
  const network = variable(env, 'GGEN_NETWORK')
  const bulkPort = variable(env, 'GGEN_BULK_PORT')
  const controlPort = variable(env, 'GGEN_CONTROL_PORT')
  const firstUse = variable(env, 'GGEN_TRUST_FIRST_USE')
  const coolDown = variable(env, 'GGEN_TRUST_COOL_DOWN')
  const domains = variable(env, 'GGEN_TRUST_DOMAINS')
  const listening = listen === undefined ? undefined : readListen(list(listen), 'GGEN_P2P_LISTEN')
  const addresses = bootstrap === undefined ? undefined : list(bootstrap).map((text) => readAddress(text, 'GGEN_P2P_BOOTSTRAP'))
  return {
    settings: {
      ...(listening !== undefined && { listen: listening.listen }),
      ...(addresses !== undefined && { bootstrap: readBootstrap(addresses, 'GGEN_P2P_BOOTSTRAP') }),
      ...(mdns !== undefined && { mdns: readSwitch(mdns, 'GGEN_P2P_MDNS') }),
      ...(gossip !== undefined && { gossip: readSwitch(gossip, 'GGEN_P2P_GOSSIP') }),
      ...(network !== undefined && { network: readNetwork(network, 'GGEN_NETWORK') }),
      ...(bulkPort !== undefined && { bulkPort: readBulkPort(bulkPort, 'GGEN_BULK_PORT') }),
      ...(controlPort !== undefined && { controlPort: readControlPort(controlPort, 'GGEN_CONTROL_PORT') }),
      ...(firstUse !== undefined && { firstUse: readFirstUse(firstUse, 'GGEN_TRUST_FIRST_USE') }),
      ...(domains !== undefined && { domains: readSwitch(domains, 'GGEN_TRUST_DOMAINS') }),
      ...(coolDown !== undefined && { coolDownMs: readCoolDown(coolDown, 'GGEN_TRUST_COOL_DOWN') }),
    },
    remarks: listening?.remarks ?? [],
  }
}
