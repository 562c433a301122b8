import { GgenError, LIMITS } from '#core'
import { canonicalJson } from './canonical-json.ts'
import { cutText } from './display-text.ts'
import type { Manifest } from './manifest.ts'

/**
 * The metadata document of a package: canonical JSON of at most `LIMITS.metadataBytes` bytes; the description is cut to fit.
 * Throws `manifest-invalid` when it does not fit even without one.
 */
export const encodeMetadata = (manifest: Manifest, size: { readonly files: number; readonly unpackedBytes: number }): Uint8Array => {
  const { name, version, title, tags, category, license, author, bins, scripts } = manifest
  const dependencies = manifest.dependencies.map((dependency) => ({ name: dependency.name, range: dependency.range }))
  const encode = (description: string): Uint8Array =>
    Buffer.from(canonicalJson({ name, version, title, description, tags, category, license, author, dependencies, bins, scripts, ...size }))
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
