import { type Dependency, type DependencyKind, GgenError, LIMITS } from '#core'
import { canonicalJson, type Json } from './canonical-json.ts'
import { cutText } from './display-text.ts'
import type { Manifest } from './manifest.ts'

/**
 * The metadata document of a package: canonical JSON of at most `LIMITS.metadataBytes` bytes; the description is cut to fit.
 * Throws `manifest-invalid` when it does not fit even without one.
 */
export const encodeMetadata = (manifest: Manifest, size: { readonly files: number; readonly unpackedBytes: number }): Uint8Array => {
  const { name, version, title, tags, category, license, author, bins, scripts } = manifest
  const wanted = dependencyFields(manifest.dependencies)
  const encode = (description: string): Uint8Array =>
    Buffer.from(canonicalJson({ name, version, title, description, tags, category, license, author, ...wanted, bins, scripts, ...size }))
  const whole = encode(manifest.description)
  if (whole.length <= LIMITS.metadataBytes) return whole
  const room = LIMITS.metadataBytes - encode('').length
  if (room < 0) {
    throw new GgenError('manifest-invalid', `${manifest.format}: dependencies take more than ${LIMITS.metadataBytes} bytes`, {
      details: { file: manifest.format, field: 'dependencies' },
    })
  }
  return encode(fitText(manifest.description, room))
}

/** Lists that only newer programs know are there only where they say something, so that documents without them stay what they were. */
const dependencyFields = (dependencies: readonly Dependency[]): Readonly<Record<string, Json>> => {
  const of = (...kinds: readonly DependencyKind[]): readonly Dependency[] => dependencies.filter(({ kind }) => kinds.includes(kind))
  const optional = of('optional')
  const peers = of('peer', 'optional-peer')
  return {
    dependencies: of('needed').map(({ name, range }) => ({ name, range })),
    ...(optional.length > 0 && { optionalDependencies: optional.map(({ name, range }) => ({ name, range })) }),
    ...(peers.length > 0 && { peerDependencies: peers.map(({ name, range, kind }) => ({ name, range, ...(kind === 'optional-peer' && { optional: true }) })) }),
  }
}

/** The longest beginning of a text that takes at most `maxBytes` inside a JSON document. */
const fitText = (text: string, maxBytes: number): string => {
  let fits = 0
  let tooLong = text.length
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2)
    if (Buffer.byteLength(JSON.stringify(cutText(text, middle))) - 2 <= maxBytes) fits = middle
    else tooLong = middle
  }
  return fits === 0 ? '' : cutText(text, fits)
}
