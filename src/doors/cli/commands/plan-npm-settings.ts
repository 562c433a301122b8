import { GgenError } from '#core'
import type { Variables } from '#config'
import type { NpmReply } from '#doors/control'
import { type NamedRegistry, registriesInNpmrc, registriesInYarnrc, type SettingsChange, setUpNpmrc, setUpYarnrc, takeOutNpmrc, takeOutYarnrc } from '#npm'

/** A file that tells package managers where to ask: `npmrc` for npm, pnpm, yarn 1 and bun, `yarnrc` for yarn 2 and later. */
export interface NpmSettingsPlace {
  readonly kind: 'npmrc' | 'yarnrc'
  /** `project`: others get it, too, so that it holds no token. */
  readonly whose: 'user' | 'project'
  readonly path: string
}

/** What shall become of it. */
export interface PlannedSettings {
  /** `undefined`: no such file. */
  readonly before: Uint8Array | undefined
  readonly after: Uint8Array | undefined
  /** As they may be shown. */
  readonly changes: readonly SettingsChange[]
  /** Scopes that still go directly to a registry which the node does not ask for them. */
  readonly apart: readonly string[]
}

export type DoorAddress = Pick<NpmReply, 'url' | 'upstreams' | 'scopes' | 'token'>

/** Throws `config-invalid` for what is no text, which could not be written back as it was. */
const textOf = (path: string, bytes: Uint8Array | undefined): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new GgenError('config-invalid', `${path} is not UTF-8`, { cause, hint: 'write it anew in UTF-8, or set the registry yourself' })
  }
}

/** An empty file that was none before is none again. */
const bytesOf = (text: string, before: Uint8Array | undefined): Uint8Array | undefined =>
  text === '' && before !== undefined && before.length > 0 ? undefined : Buffer.from(text)

/** What stood in the file stays known to the node only where the node asks there anyway. */
const assertSameUpstream = (path: string, { address }: NamedRegistry, [asked]: DoorAddress['upstreams']): void => {
  if (address === asked) return
  throw new GgenError('config-invalid', `${path} asks ${address}, and the node would ask ${asked ?? 'nobody'} for the same names`, {
    hint: `the node reads the .npmrc of your home folder: write registry=${address} there, and run this again`,
  })
}

/**
 * The file with the lines that lead through the door. Throws `config-invalid` where the node would ask somebody else than the file does for all names, or it
 * is written so that it cannot be changed line by line, and `usage` for a door that no file can name.
 */
export const planSetUp = (
  { kind, whose, path }: NpmSettingsPlace, before: Uint8Array | undefined, { door, variables }: { readonly door: DoorAddress; readonly variables: Variables },
): PlannedSettings => {
  const text = textOf(path, before)
  const { url, upstreams, scopes, token } = door
  const named = (kind === 'npmrc' ? registriesInNpmrc : registriesInYarnrc)(text, { variables, ownDoors: [url] })
  for (const registry of named) if (registry.scope === undefined) assertSameUpstream(path, registry, upstreams)
  const askedFor = (scope: string): string | undefined => scopes.find((one) => one.scope === scope)?.upstream ?? upstreams[0]
  const apart = named.flatMap(({ scope, address }) => (scope === undefined || askedFor(scope) === address ? [] : [scope]))
  const settings = { url, apart, ...(whose === 'user' && { token, scopes: scopes.map(({ scope }) => scope) }) }
  const { text: after, changes } = (kind === 'npmrc' ? setUpNpmrc : setUpYarnrc)(text, settings)
  return { before, after: changes.length === 0 ? before : Buffer.from(after), changes, apart }
}

/** The file as it was before, with what was written into it since then. */
export const planTakeOut = ({ kind, path }: NpmSettingsPlace, before: Uint8Array | undefined): PlannedSettings => {
  const { text, changes } = (kind === 'npmrc' ? takeOutNpmrc : takeOutYarnrc)(textOf(path, before))
  return { before, after: changes.length === 0 ? before : bytesOf(text, before), changes, apart: [] }
}
