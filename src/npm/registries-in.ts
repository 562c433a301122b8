import { parseNpmrc, type NpmVariables } from './npmrc.ts'
import { isRegistryKey } from './own-lines.ts'
import { isOneOf, parseUpstreamAddress, type UpstreamAddress } from './upstream-address.ts'
import { takeOutYarnrc } from './set-up-yarnrc.ts'

/** A registry that a file of settings names. */
export interface NamedRegistry {
  /** For these names; absent: for all that have none of their own. */
  readonly scope?: string
  readonly address: UpstreamAddress
}

export interface WhoseRegistries {
  /** What `${NAME}` stands for. */
  readonly variables: NpmVariables
  /** Addresses of the own door: they are no upstreams. */
  readonly ownDoors: readonly string[]
}

/**
 * The registries that an `.npmrc` names, as if setup had never been there. Throws `config-invalid` for what is no address; empty values say nothing.
 */
export const registriesInNpmrc = (text: string, { variables, ownDoors }: WhoseRegistries): readonly NamedRegistry[] =>
  [...parseNpmrc(text, variables).values].flatMap(([key, said]): NamedRegistry[] => {
    const address = said.at(-1) ?? ''
    if (!isRegistryKey(key) || ['', 'null', 'undefined'].includes(address) || isOneOf(address, ownDoors)) return []
    const scope = key === 'registry' ? {} : { scope: key.slice(0, -':registry'.length) }
    return [{ ...scope, address: parseUpstreamAddress(address, `.npmrc: ${key}`) }]
  })

const VARIABLE = /\$\{(?<name>\w+)(?::?-(?<instead>[^}]*))?\}/g

/** `${NAME}` as yarn reads it, with what counts where there is none: `${NAME-instead}`. */
const expand = (text: string, variables: NpmVariables): string =>
  [...text.matchAll(VARIABLE)].reduce((expanded, { 0: whole, groups: { name = '', instead = whole } = {} }) => {
    const said = Object.hasOwn(variables, name) ? variables[name] : undefined
    return expanded.replace(whole, () => said ?? instead)
  }, text)

/** The registry that a `.yarnrc.yml` names for all, as if setup had never been there. Throws `config-invalid` for what is no address. */
export const registriesInYarnrc = (text: string, { variables, ownDoors }: WhoseRegistries): readonly NamedRegistry[] => {
  const [, value = ''] = /^(?:npmRegistryServer|"npmRegistryServer"|'npmRegistryServer')\s*:\s+(.*?)\s*(?:\s#.*)?$/m.exec(takeOutYarnrc(text).text) ?? []
  const address = expand(value.replace(/^(["'])(.*)\1$/, '$2'), variables)
  if (address === '' || isOneOf(address, ownDoors)) return []
  return [{ address: parseUpstreamAddress(address, '.yarnrc.yml: npmRegistryServer') }]
}
