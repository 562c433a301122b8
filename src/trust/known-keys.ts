/** The keys of all maps that ops are made of. */
const KEYS = [
  'v', 't', 'id', 'feed', 'seq', 'prev', 'at', 'b', 'x', 'root', 'recovery', 'release', 'need', 'human', 'keys', 'key', 'names', 'exp', 'auto', 'label',
  'nonce', 'revoked', 'feeds', 'name', 'head', 'domains', 'roles', 'version', 'kind', 'artifact', 'size', 'sha256', 'sha512', 'chunks', 'meta', 'cid', 'sum',
  'title', 'description', 'tags', 'category', 'license', 'author', 'scripts', 'bins', 'deps', 'prov', 'state', 'why', 'tag', 'latest',
  'target', 'level', 'range', 'severity', 'ref', 'fix',
]

const LONGEST = Math.max(...KEYS.map((key) => key.length))

/** With so many places no two of the keys come to stand in one. */
const PLACES = 1024

const placeOf = (bytes: Uint8Array, start: number, length: number): number => {
  let place = length
  for (let at = start; at < start + length; at += 1) place = ((place * 33) ^ (bytes[at] ?? 0)) % PLACES
  return place
}

const TABLE: (string | undefined)[] = Array.from({ length: PLACES })
for (const key of KEYS) TABLE[placeOf(Buffer.from(key), 0, key.length)] = key

/** The key that these bytes spell, if it is one of ours: taking it from here costs less than making the same text again and again. */
export const knownKey = (bytes: Uint8Array, start: number, length: number): string | undefined => {
  if (length > LONGEST) return undefined
  const key = TABLE[placeOf(bytes, start, length)]
  if (key?.length !== length) return undefined
  for (let at = 0; at < length; at += 1) if (key.codePointAt(at) !== bytes[start + at]) return undefined
  return key
}
