import { GgenError } from '#core'
import { type ForeignIndex, type ForeignSource, readIndex } from '#foreign'
import type { Context } from './context.ts'

/** An index that was named for one command, and where it came from. */
export interface NamedIndex {
  readonly source: ForeignSource
  readonly index: ForeignIndex
}

/**
 * Reads the index of the registry that `--registry` names. Throws what the source throws, and `usage` for a registry of our own kind, which says more than its
 * index does: what it has is signed.
 */
export const readNamedIndex = async (address: string, { world, places, deadline, say }: Context): Promise<NamedIndex> => {
  const source = await world.openForeign(places.home, address)
  if (await source.isOfOurKind(deadline.signal)) {
    throw new GgenError('usage', `${source.shownAs} is a registry of ggen, whose packages are signed`, {
      hint: 'let your node ask it: set registry.central_url (GGEN_REGISTRY_URL), and leave --registry out',
    })
  }
  const { bytes, at, asOf } = await source.readIndex(deadline.signal)
  if (asOf !== undefined) say(`${source.shownAs} cannot be reached; this is what it said at ${new Date(asOf).toISOString()}`)
  return { source, index: readIndex(bytes, at) }
}
