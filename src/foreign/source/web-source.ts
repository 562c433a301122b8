import { GgenError, isGgenError, type PackageName, readBounded } from '#core'
import { FOREIGN_LIMITS, type ForeignSource, type ForeignVersion, type FoundIndex, homeOf, indexPlaces } from '#foreign'
import { getOverWeb, type WebAnswer } from './get.ts'
import type { IndexMemory } from './index-memory.ts'

/** An index of the web. What it said is remembered: asked again it need not repeat it, and while it cannot be asked that is what it says. */
export const webSource = (address: URL, memory: IndexMemory): ForeignSource => ({
  home: homeOf(address),
  shownAs: homeOf(address),
  recall: () => recall(address, memory),
  readIndex: (signal) => readIndex(address, memory, signal),
  openArchive: (name, version, signal) => openArchive(name, version, signal),
})

const readIndex = async (address: URL, memory: IndexMemory, signal: AbortSignal): Promise<FoundIndex> => {
  let absent: unknown
  for (const place of indexPlaces(address)) {
    try {
      return await readPlace(place, memory, signal)
    } catch (error) {
      if (!isGgenError(error, 'path-not-found')) throw error
      absent ??= error
    }
  }
  throw absent
}

const recall = async (address: URL, memory: IndexMemory): Promise<FoundIndex | undefined> => {
  for (const place of indexPlaces(address)) {
    const known = await memory.read(place)
    if (known !== undefined) return { bytes: known.bytes, at: place, asOf: known.at }
  }
  return undefined
}

const readPlace = async (place: URL, memory: IndexMemory, signal: AbortSignal): Promise<FoundIndex> => {
  const known = await memory.read(place)
  const tag = known?.etag === undefined ? {} : { headers: { 'if-none-match': known.etag } }
  let answer: WebAnswer
  try {
    answer = await getOverWeb(place, { ...tag, missing: 'path-not-found' }, signal)
  } catch (error) {
    const isAway = isGgenError(error, 'peer-unreachable') || isGgenError(error, 'timeout')
    if (known === undefined || !isAway || signal.aborted) throw error
    return { bytes: known.bytes, at: place, asOf: known.at, because: error }
  }
  if (answer.status === 304) {
    answer.leave()
    if (known !== undefined) return { bytes: known.bytes, at: place }
    throw new GgenError('peer-unreachable', `${place.host} says that nothing changed, and nothing was known`)
  }
  const bytes = await readAll(answer)
  await memory.write(place, { bytes, etag: answer.headers.etag })
  return { bytes, at: place }
}

const readAll = async ({ body, leave }: WebAnswer): Promise<Uint8Array> =>
  Uint8Array.from(await readBounded(body, FOREIGN_LIMITS.indexBytes, () => {
    leave()
    return new GgenError('index-invalid', `the answer is larger than ${FOREIGN_LIMITS.indexBytes} bytes`)
  }))

const openArchive = async (name: PackageName, { version, address, without }: ForeignVersion, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> => {
  if (address === undefined) throw new GgenError('blob-not-found', `${name}@${version}: ${without ?? 'the index does not say where its archive is'}`)
  return (await getOverWeb(new URL(address), { missing: 'blob-not-found' }, signal)).body
}
