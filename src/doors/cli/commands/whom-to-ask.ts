import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { askedRegistries, readFiles } from '#config'
import { type AskedRegistries, GgenError, type OneRegistry, parseRegistryAddress, parseServerAddress, type RegistryId } from '#core'
import type { Context } from './context.ts'

/** Whom a command line names; at most one of them. */
export interface WhomFlags {
  readonly p2p?: boolean
  readonly central?: boolean
  /** An address of the web, or a path. */
  readonly registry?: string
}

/** What the node is told of whom to ask. */
export interface Asked {
  /** Absent: whoever the node is configured for. */
  readonly registries?: AskedRegistries
}

/**
 * Whom a command asks: those that its command line names, else those that the environment or the project around a folder names. Of what kind a registry is
 * the node finds out. Throws `usage` and `config-invalid`.
 */
export const whomToAsk = async ({ p2p, central, registry }: WhomFlags, { environment, places }: Context, folder = '.'): Promise<Asked> => {
  if (p2p === true) return { registries: 'p2p' }
  if (central === true) return { registries: 'central' }
  const { env, platform } = environment
  if (registry !== undefined) return { registries: { url: addressOf(registry, platform.workingFolder) } }
  const around = { ...environment, platform: { ...platform, workingFolder: resolve(platform.workingFolder, folder) } }
  const registries = askedRegistries({ env, files: await readFiles(around, places) })
  return registries === undefined ? {} : { registries }
}

/** Who alone is told of what is published, as a command line names it. Throws `usage`: an index of another kind takes nothing. */
export const toldAlone = ({ p2p, central, registry }: WhomFlags): OneRegistry | undefined => {
  if (p2p === true) return 'p2p'
  if (central === true) return 'central'
  return registry === undefined ? undefined : { url: parseServerAddress(registry) }
}

const addressOf = (text: string, workingFolder: string): RegistryId => {
  if (!/^[a-z][a-z0-9+.-]+:/i.test(text)) return parseRegistryAddress(pathToFileURL(resolve(workingFolder, text)).href)
  if (URL.parse(text)?.search) throw new GgenError('usage', 'the address of a registry has no query in it')
  return parseRegistryAddress(text)
}
