/** One row per library of package.json: the folders of src/ that may know it ("flow/*" stands for every step). */
export interface PackageRow {
  readonly name: string
  readonly folders: readonly string[]
}

const LIBP2P = ['network/libp2p']

export const PACKAGES: readonly PackageRow[] = [
  { name: '@ipld/dag-cbor', folders: ['wire', 'trust', 'network', 'flow/*'] },
  { name: '@libp2p/*', folders: LIBP2P },
  { name: '@chainsafe/*', folders: LIBP2P },
  { name: '@multiformats/*', folders: LIBP2P },
  { name: 'libp2p', folders: LIBP2P },
  { name: 'datastore-core', folders: LIBP2P },
  { name: 'multiformats', folders: ['core', 'wire', 'trust', 'network/libp2p', 'bulk/tls'] },
  { name: '@scure/bip39', folders: ['trust'] },
  { name: '@noble/hashes', folders: ['foreign'] },
  { name: '@noble/ciphers', folders: LIBP2P },
  { name: 'tldts', folders: ['domains'] },
  { name: 'age-encryption', folders: ['keystore'] },
  { name: '@napi-rs/keyring', folders: ['node/system'] },
  { name: 'semver', folders: ['core', 'archive', 'foreign', 'npm', 'depot', 'flow/*', 'registry', 'marketplace', 'doors/npm'] },
  { name: 'smol-toml', folders: ['config', 'archive', 'npm', 'flow/install'] },
  { name: 'ignore', folders: ['archive', 'flow/publish'] },
  { name: 'zod', folders: ['config', 'bundle', 'doors/*'] },
  { name: 'fastify', folders: ['doors/daemon', 'doors/central'] },
  { name: 'prom-client', folders: ['doors/central'] },
  { name: 'commander', folders: ['doors/cli'] },
]

const covers = (pattern: string, folder: string): boolean => pattern === folder || (pattern.endsWith('/*') && folder.startsWith(pattern.slice(0, -1)))

/** The libraries that files of this folder may import, as written in package.json or ending in "/*". */
export const packagesFor = (folder: string): readonly string[] =>
  PACKAGES.filter(({ folders }) => folders.some((pattern) => covers(pattern, folder))).map(({ name }) => name)
