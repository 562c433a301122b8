import { GgenError, isGgenError, type PackageName } from '#core'
import { FOREIGN_LIMITS, type ForeignSource, type ForeignVersion, type FoundIndex, homeOf, indexPlaces } from '#foreign'
import { getOverWeb, type WebAnswer } from './get.ts'
import type { IndexMemory } from './index-memory.ts'

const HEALTH_BYTES = 64 * 1024

/** An index of the web. What it said is remembered: asked again it need not repeat it, and while it cannot be asked that is what it says. */
export const webSource = (address: URL, memory: IndexMemory): ForeignSource => ({
  home: homeOf(address),
  shownAs: homeOf(address),
  isOfOurKind: (signal) => isOfOurKind(new URL('v1/health', homeOf(address)), signal),
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

const readPlace = async (place: URL, memory: IndexMemory, signal: AbortSignal): Promise<FoundIndex> => {
  const known = await memory.read(place)
  const tag = known?.etag === undefined ? {} : { headers: { 'if-none-match': known.etag } }
  let answer: WebAnswer
  try {
    answer = await getOverWeb(place, { ...tag, missing: 'path-not-found' }, signal)
  } catch (error) {
    const isAway = isGgenError(error, 'peer-unreachable') || isGgenError(error, 'timeout')
    if (known === undefined || !isAway || signal.aborted) throw error
    return { bytes: known.bytes, at: place, asOf: known.at }
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

/** Ours say so, with the name of their node. What answers otherwise, or not at all, is asked for its index next. */
const isOfOurKind = async (place: URL, signal: AbortSignal): Promise<boolean> => {
  try {
    const text = Buffer.from(await readAll(await getOverWeb(place, { missing: 'path-not-found', tries: 1 }, signal), HEALTH_BYTES)).toString('utf8')
    const said: unknown = JSON.parse(text)
    return typeof said === 'object' && said !== null && 'status' in said && said.status === 'ready' && 'fingerprint' in said
  } catch (error) {
    if (signal.aborted || (!isGgenError(error) && !(error instanceof SyntaxError))) throw error
    return false
  }
}

const readAll = async ({ body, leave }: WebAnswer, mostBytes: number = FOREIGN_LIMITS.indexBytes): Promise<Uint8Array> => {
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  for await (const part of body) {
    sizeBytes += part.length
    if (sizeBytes > mostBytes) {
      leave()
      throw new GgenError('index-invalid', `the answer is larger than ${mostBytes} bytes`)
    }
    parts.push(part)
  }
  return Uint8Array.from(Buffer.concat(parts))
}

const openArchive = async (name: PackageName, { version, address, without }: ForeignVersion, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> => {
  if (address === undefined) throw new GgenError('blob-not-found', `${name}@${version}: ${without ?? 'the index does not say where its archive is'}`)
  return (await getOverWeb(new URL(address), { missing: 'blob-not-found' }, signal)).body
}
