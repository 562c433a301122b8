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

/** "*" in the layer table: every door of the program; a door for tests is none. */
const allow = (name: string): readonly string[] => {
  if (name === '*') return ['!#*', '!#*/**', '#testing', '#testing/**']
  return name.endsWith('/*') ? [`!${name}`, `!${name}*`] : [`!${name}`]
}

const allowPackage = (name: string): readonly string[] => [...allow(name), ...(name.endsWith('/*') ? [] : [`!${name}/**`])]

const allowedNode = (folder: string): readonly string[] => {
  if (!isEdge(folder)) return PURE_NODE.map((name) => `!${name}`)
  return ['!node:*', '!node:*/**', ...(folder === 'store/disk' ? [] : ['node:sqlite'])]
}

const explain = ({ folder, mayImport }: Folder): string => {
  const doors = mayImport.includes('*') ? 'every front door' : mayImport.join(', ')
  const libraries = packagesFor(folder).join(', ')
  const others = [doors, libraries].filter((text) => text !== '').join(', ')
  return `src/${folder} may import files below it (./…) and: ${others || 'nothing else'}; see layers.ts and tools/lint`
}

/** The options of no-restricted-imports for one folder: everything is refused that the tables do not name. */
export const importRule = (folder: Folder): Record<string, unknown> => ({
  patterns: [
    {
      group: [
        '*', '*/**', '!./*', '!./*/**', './**/../**',
        ...folder.mayImport.flatMap(allow), ...packagesFor(folder.folder).flatMap(allowPackage), ...allowedNode(folder.folder),
      ],
      message: explain(folder),
    },
  ],
  paths: isEdge(folder.folder) ? [] : [{ name: 'node:crypto', importNames: ['default', ...IMPURE_CRYPTO], message: CRYPTO_INSTEAD }],
})
