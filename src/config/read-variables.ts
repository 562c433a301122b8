import { variable, type Variables } from './environment.ts'
import { readCentralUrl, readMode, readPrefer, readToken, type RegistrySettings } from './registry-settings.ts'
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

const readRegistry = (env: Variables): Partial<RegistrySettings> => {
  const url = variable(env, 'GGEN_REGISTRY_URL')
  const mode = variable(env, 'GGEN_REGISTRY_MODE')
  const prefer = variable(env, 'GGEN_REGISTRY_PREFER')
  const name = TOKENS.find((one) => variable(env, one) !== undefined)
  const token = name === undefined ? undefined : variable(env, name)
  return {
    ...(url !== undefined && { centralUrl: readCentralUrl(url, 'GGEN_REGISTRY_URL') }),
    ...(mode !== undefined && { mode: readMode(mode, 'GGEN_REGISTRY_MODE') }),
    ...(prefer !== undefined && { prefer: readPrefer(prefer, 'GGEN_REGISTRY_PREFER') }),
    ...(token !== undefined && { token: readToken(token, name ?? '') }),
  }
}

/** The same token under two names; the first that is set wins. */
const TOKENS = ['GGEN_REGISTRY_TOKEN', 'GGEN_PUBLISH_TOKEN']

/**
 * Settings out of `GGEN_P2P_LISTEN`, `GGEN_P2P_BOOTSTRAP` (both comma-separated), `GGEN_P2P_MDNS`, `GGEN_P2P_GOSSIP`, `GGEN_NETWORK`,
 * `GGEN_BULK_PORT`, `GGEN_CONTROL_PORT`, `GGEN_TRUST_FIRST_USE`, `GGEN_TRUST_COOL_DOWN`,
 * `GGEN_TRUST_DOMAINS`, `GGEN_REGISTRY_URL`, `GGEN_REGISTRY_MODE`, `GGEN_REGISTRY_PREFER`, `GGEN_REGISTRY_TOKEN` and `GGEN_PUBLISH_TOKEN`.
 * Throws `address-invalid` or `config-invalid` that name the variable.
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
  const registry = readRegistry(env)
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
      ...(Object.keys(registry).length > 0 && { registry }),
    },
    remarks: listening?.remarks ?? [],
  }
}
