import { type ForeignIndex, type ForeignSource, readIndex } from '#foreign'
import type { Context } from './context.ts'

/** An index that was named for one command, and where it came from. */
export interface NamedIndex {
  readonly source: ForeignSource
  readonly index: ForeignIndex
}

/** Reads the index of the registry that `--registry` names. Throws what the source throws. */
export const readNamedIndex = async (address: string, { world, places, deadline, say }: Context): Promise<NamedIndex> => {
  const source = await world.openForeign(places.home, address)
  const { bytes, at, asOf } = await source.readIndex(deadline.signal)
  if (asOf !== undefined) say(`${source.shownAs} cannot be reached; this is what it said at ${new Date(asOf).toISOString()}`)
  return { source, index: readIndex(bytes, at) }
}
