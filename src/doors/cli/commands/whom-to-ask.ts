import { resolve } from 'node:path'
import { askedRegistries, readFiles } from '#config'
import { type AskedRegistries, GgenError, type OneRegistry, parseRegistryAddress } from '#core'
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

/** The node asks for us; or an index that nobody signed is read here. */
export type Whom = { readonly kind: 'node'; readonly asked: Asked } | { readonly kind: 'index'; readonly address: string }

/**
 * Whom a command asks: those that its command line names, else those that the environment or the project around a folder names. A registry of our own kind
 * is asked by the node, which can check what it says. Throws `usage`, `config-invalid` and what looking at an address throws.
 */
export const whomToAsk = async ({ p2p, central, registry }: WhomFlags, context: Context, folder = '.'): Promise<Whom> => {
  if (p2p === true) return { kind: 'node', asked: { registries: 'p2p' } }
  if (central === true) return { kind: 'node', asked: { registries: 'central' } }
  if (registry !== undefined) return await namedRegistry(registry, context)
  const { environment, places } = context
  const { env, platform } = environment
  const around = { ...environment, platform: { ...platform, workingFolder: resolve(platform.workingFolder, folder) } }
  const registries = askedRegistries({ env, files: await readFiles(around, places) })
  return { kind: 'node', asked: registries === undefined ? {} : { registries } }
}

const namedRegistry = async (address: string, { world, places, deadline }: Context): Promise<Whom> => {
  const source = await world.openForeign(places.home, address)
  if (!(await source.isOfOurKind(deadline.signal))) return { kind: 'index', address }
  return { kind: 'node', asked: { registries: { url: parseRegistryAddress(source.home) } } }
}

/** Who alone is told of what is published, as a command line names it. Throws `usage`: an index of another kind takes nothing. */
export const toldAlone = ({ p2p, central, registry }: WhomFlags): OneRegistry | undefined => {
  if (p2p === true) return 'p2p'
  if (central === true) return 'central'
  return registry === undefined ? undefined : { url: parseRegistryAddress(registry) }
}

/** For commands that have no use for what nobody signed. Throws `usage`. */
export const askedOfNode = async (flags: WhomFlags, context: Context, folder?: string): Promise<Asked> => {
  const whom = await whomToAsk(flags, context, folder)
  if (whom.kind === 'node') return whom.asked
  throw new GgenError('usage', '--registry names no registry of ggen that answers, and an index has no signed releases', {
    hint: 'its packages are found and installed with: ggen search --registry, ggen install NAME --registry',
  })
}
