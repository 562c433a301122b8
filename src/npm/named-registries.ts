import { parse, TomlError } from 'smol-toml'
import { NPM_TEXT_LIMITS } from './npm-limits.ts'
import { type NpmVariables, npmrcOfVariables } from './npmrc.ts'
import { registriesInNpmrc, registriesInYarnrc, type WhoseRegistries } from './registries-in.ts'
import { isOneOf, parseUpstreamAddress, type UpstreamAddress } from './upstream-address.ts'

/** The files in a project that name registries, which a node does not read. */
export const PROJECT_SETTINGS = ['.npmrc', '.yarnrc.yml', '.yarnrc', 'bunfig.toml'] as const

/** A registry for names without a scope, and who says so: the path of a file, or the name of a variable. */
export interface OtherRegistry {
  readonly from: string
  readonly address: UpstreamAddress
}

const VARIABLES = ['pnpm_config_registry', 'YARN_NPM_REGISTRY_SERVER', 'YARN_REGISTRY', 'BUN_CONFIG_REGISTRY'] as const

/** `[install] registry = "…"`, or a table with its `url`. A file that bun could not read either names none. */
const inBunfig = (text: string): string | undefined => {
  try {
    const { install } = parse(text) as { readonly install?: { readonly registry?: unknown } }
    const registry = install?.registry
    const said = typeof registry === 'object' && registry !== null ? (registry as { readonly url?: unknown }).url : registry
    return typeof said === 'string' ? said : undefined
  } catch (error) {
    if (error instanceof TomlError) return undefined
    throw error
  }
}

/** Of yarn 1: a name and its value in each line, with or without quotes. */
const inClassicYarnrc = (text: string): string | undefined =>
  text.split(/\r\n|\r|\n/).flatMap((line) => /^"?registry"?\s+"?([^\s"]+)"?\s*$/.exec(line)?.[1] ?? []).at(-1)

const inFile = (path: string, text: string, whose: WhoseRegistries): string | undefined => {
  if (text.length > NPM_TEXT_LIMITS.settingsChars) return undefined
  switch (/[^/\\]*$/.exec(path)?.[0]) {
    case '.npmrc': return registriesInNpmrc(text, whose).find(({ scope }) => scope === undefined)?.address
    case '.yarnrc.yml': return registriesInYarnrc(text, whose)[0]?.address
    case '.yarnrc': return inClassicYarnrc(text)
    case 'bunfig.toml': case '.bunfig.toml': return inBunfig(text)
    default: return undefined
  }
}

/**
 * The registries that files of a project and the environment name for names without a scope, and that are neither `upstream` nor the `door` before it, each
 * with who says so. Scopes with a registry of their own are no matter: clients go there whatever the other one is. Pure. Throws `config-invalid` for what is
 * no address.
 */
export const otherRegistries = (
  files: readonly { readonly path: string; readonly text: string }[], variables: NpmVariables, known: { readonly upstream: string; readonly door: string },
): readonly OtherRegistry[] => {
  const whose = { variables, ownDoors: [known.door] }
  const named = [
    { from: 'npm_config_registry', address: npmrcOfVariables(variables).values.get('registry')?.at(-1) },
    ...VARIABLES.map((name) => ({ from: name, address: variables[name] })),
    ...files.map(({ path, text }) => ({ from: path, address: inFile(path, text, whose) })),
  ]
  return named.flatMap(({ from, address: text = '' }) => {
    if (text === '' || isOneOf(text, whose.ownDoors)) return []
    const address = parseUpstreamAddress(text, from)
    return address === known.upstream ? [] : [{ from, address }]
  })
}
