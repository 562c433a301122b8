import { blake3 } from '@noble/hashes/blake3.js'

/** One file of a pack. */
export interface PackPart {
  /** Below the pack, separated by `/`. */
  readonly path: string
  readonly bytes: Uint8Array
}

/** What upstream's program takes for the content of a pack: `full`, all files; `older`, as it did at first, the ontology and the templates alone. */
export type ContentRule = 'full' | 'older'

const isOlder = (path: string): boolean => path === 'ontology.ttl' || (path.startsWith('templates/') && path.endsWith('.tmpl'))

/**
 * BLAKE3 over path and bytes of each file, in the order of the bytes of their paths. Nothing stands between them, so that two packs may have one hash
 * (`a` + `bc`, `ab` + `c`): it is good for comparing with upstream's locks, and nothing here is believed because of it.
 */
export const contentHash = (parts: readonly PackPart[], rule: ContentRule): string => {
  const hash = blake3.create()
  const counted = rule === 'full' ? parts : parts.filter(({ path }) => isOlder(path))
  const named = counted.map(({ path, bytes }) => ({ path: Buffer.from(path), bytes }))
  for (const { path, bytes } of named.toSorted((a, b) => Buffer.compare(a.path, b.path))) hash.update(path).update(bytes)
  return Buffer.from(hash.digest()).toString('hex')
}

/** The rule under which files have a hash; `undefined` when it is not theirs. */
export const matchingRule = (parts: readonly PackPart[], hash: string): ContentRule | undefined =>
  (['full', 'older'] as const).find((rule) => contentHash(parts, rule) === hash)
