import { isEdge, type Folder } from './folders.ts'
import { packagesFor } from './packages.ts'

/** Parts of Node that compute without touching the world. */
const PURE_NODE = [
  'node:assert', 'node:assert/strict', 'node:buffer', 'node:crypto', 'node:events', 'node:path', 'node:path/posix', 'node:stream', 'node:stream/promises',
  'node:string_decoder', 'node:url', 'node:util', 'node:zlib',
]

/** Parts of node:crypto that draw random numbers or finish on another thread. */
const IMPURE_CRYPTO = [
  'checkPrime', 'generateKey', 'generateKeyPair', 'generateKeyPairSync', 'generateKeySync', 'generatePrime', 'generatePrimeSync', 'getRandomValues', 'hkdf',
  'pbkdf2', 'randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID', 'randomUUIDv7', 'scrypt', 'subtle', 'webcrypto',
]

const CRYPTO_INSTEAD = 'Randomness is an argument (Random of #core), and crypto is synchronous'

/** What may be imported, in the spelling of .gitignore; "*" in the layer table stands for every door but the one for tests. */
const allowDoor = (door: string): readonly string[] => (door === '*' ? ['!#*', '!#*/**', '#testing'] : [`!${door}`])

const allowPackage = (name: string): readonly string[] => (name.endsWith('/*') ? [`!${name}`, `!${name}*`] : [`!${name}`, `!${name}/**`])

const allowNode = (folder: string): readonly string[] => {
  if (!isEdge(folder)) return PURE_NODE.map((name) => `!${name}`)
  return ['!node:*', '!node:*/**', ...(folder === 'store/disk' ? [] : ['node:sqlite'])]
}

/**
 * Everything is refused that is not allowed. A pattern without a slash matches the last part of any path ("libp2p" also matches
 * "#network/libp2p"), so all paths are refused again before those with a slash are allowed.
 */
const patternsFor = ({ folder, mayImport }: Folder): readonly string[] => {
  const allowed = [...mayImport.flatMap(allowDoor), ...packagesFor(folder).flatMap(allowPackage), ...allowNode(folder)]
  const isPath = (pattern: string): boolean => pattern.includes('/')
  return ['*', ...allowed.filter((pattern) => !isPath(pattern)), '*/**', '!./*', '!./*/**', './**/../**', ...allowed.filter(isPath)]
}

const explain = ({ folder, mayImport }: Folder): string => {
  const doors = mayImport.includes('*') ? 'every front door' : mayImport.join(', ')
  const libraries = packagesFor(folder).join(', ')
  const others = [doors, libraries].filter((text) => text !== '').join(', ')
  return `src/${folder} may import files below it (./…) and: ${others || 'nothing else'}; see layers.ts and tools/lint`
}

/** The options of no-restricted-imports for one folder: everything is refused that the tables do not name. */
export const importRule = (folder: Folder): Record<string, unknown> => ({
  patterns: [{ group: patternsFor(folder), message: explain(folder) }],
  paths: isEdge(folder.folder) ? [] : [{ name: 'node:crypto', importNames: ['default', ...IMPURE_CRYPTO], message: CRYPTO_INSTEAD }],
})
