import assert from 'node:assert/strict'
import { createCipheriv, createHash } from 'node:crypto'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Digest, digestOf, LIMITS } from '#core'
import { controlClient } from '#doors/control'
import { Admissions } from '#flow/verify'
import { openCatalogue } from '#store/disk'
import { encodeChunkList } from '#wire'
import { ggen, hashTree, realClock, type RunningNode, temporaryFolder, until, writeTree } from '#testing'
import { openRealNode, type RealNode } from '../support/real-node.ts'
import type { BlobFile } from './file-shelf.ts'

const never = new AbortController().signal

/** A package that somebody has signed and published, and who is gone now. */
export interface SignedPackage {
  readonly name: string
  readonly digest: Digest
  readonly sizeBytes: number
  /** The archive, and the list of its pieces where it has one. */
  readonly files: readonly BlobFile[]
  /** SHA-256 of every file, by path. */
  readonly tree: Readonly<Record<string, string>>
}

/** Packages that are known everywhere and held by nobody but those whom a test starts. */
export interface Scene extends AsyncDisposable {
  readonly folder: string
  readonly packages: readonly SignedPackage[]
  /** A home that knows of the packages, holds none of their bytes and has met nobody. */
  newcomer(home: string): Promise<string>
}

export interface SceneOptions {
  /** For each package about how large its archive is. */
  readonly sizesBytes: readonly number[]
}

/** Publishes the packages on a node in this process, and writes what it says of them into a home. */
export const openScene = async ({ sizesBytes }: SceneOptions): Promise<Scene> => {
  await using cleanup = new AsyncDisposableStack()
  const { path: folder } = cleanup.use(await temporaryFolder())
  const knowing = join(folder, 'knowing')
  await mkdir(knowing, { mode: 0o700 })
  await using publisher = await openRealNode()
  const packages: SignedPackage[] = []
  for (const [index, sizeBytes] of sizesBytes.entries()) packages.push(await publishOne(publisher, join(folder, `fault-${index}`), sizeBytes))
  const { envelopes } = publisher.catalogue.arrivals(0, 2 * sizesBytes.length)
  using catalogue = openCatalogue(join(knowing, 'catalogue.db'))
  const admissions = new Admissions(catalogue, realClock)
  for (const envelope of envelopes) assert.equal(admissions.admit(envelope).outcome, 'added')
  const kept = cleanup.move()
  return {
    folder, packages,
    newcomer: async (home) => {
      await cp(knowing, join(folder, home), { recursive: true })
      return join(folder, home)
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

/** Bytes that do not compress, the same in every run. */
const contentOf = (name: string, sizeBytes: number): Uint8Array =>
  createCipheriv('aes-128-ctr', createHash('md5').update(name).digest(), Buffer.alloc(16)).update(Buffer.alloc(sizeBytes))

const publishOne = async (publisher: RealNode, source: string, sizeBytes: number): Promise<SignedPackage> => {
  const name = basename(source)
  const files = {
    'ggen.toml': `[package]\nname = "${name}"\nversion = "1.0.0"\ndescription = "bytes that do not compress"\n`,
    'content.bin': contentOf(name, sizeBytes),
  }
  const { digest } = await publisher.publish(files, 'publisher')
  const archive = Buffer.concat(await Array.fromAsync(publisher.blobs.stream(digest)))
  const blobs = [await keep(source, archive)]
  if (archive.length > LIMITS.pieceBytes) blobs.push(await keep(`${source}.chunks`, encodeChunkList(pieceHashes(archive))))
  return { name, digest, sizeBytes: archive.length, files: blobs, tree: await hashTree(await writeTree(source, files)) }
}

const keep = async (path: string, bytes: Uint8Array): Promise<BlobFile> => {
  await writeFile(`${path}.blob`, bytes)
  return { digest: digestOf(bytes), sizeBytes: bytes.length, path: `${path}.blob` }
}

const pieceHashes = (bytes: Uint8Array): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / LIMITS.pieceBytes) }, (_, piece) =>
    createHash('sha256').update(bytes.subarray(piece * LIMITS.pieceBytes, (piece + 1) * LIMITS.pieceBytes)).digest())

interface Source {
  readonly peer: string
  readonly carrier: string
  readonly bytes: number
  /** First byte and length. */
  readonly ranges: readonly (readonly [number, number])[]
}

/** What `ggen install --json` says of the one package that it installed. */
export interface Installed {
  readonly path: string
  readonly digest: string
  readonly sources: readonly Source[]
  readonly resumedBytes: number
  readonly wastedBytes: number
}

/** Installs a package and compares every file with what was published. Throws when anything is wrong. */
export const installRight = async (home: string, { name, tree, digest }: SignedPackage): Promise<Installed> => {
  const finished = await ggen(home, 'install', name, '--dir', join(`${home}-project`, name), '--json')
  if (finished.code !== 0) throw new Error(`exit ${finished.code}: ${finished.stdout}${finished.stderr}`)
  const [installed] = finished.json<{ installed: Installed[] }>().installed
  if (installed?.digest !== digest) throw new Error(`another archive: ${finished.stdout}`)
  const got = await hashTree(installed.path)
  if (JSON.stringify(got) !== JSON.stringify(tree)) throw new Error(`wrong files in ${installed.path}`)
  return installed
}

/** How many bytes of an archive a peer gave, by the receipt. */
export const bytesFrom = ({ sources }: Pick<Installed, 'sources'>, { peerId }: { readonly peerId: string }): number =>
  sources.reduce((sum, { peer, bytes }) => (peer === peerId ? sum + bytes : sum), 0)

/** Waits until a node is connected to all of them. */
export const untilMet = async (node: RunningNode, others: readonly { readonly peerId: string }[]): Promise<void> => {
  const client = controlClient(join(node.home, 'ggen.sock'))
  await until('the holders are there', async () => {
    const met = new Set<string>((await client.peers(never)).map((peer) => peer.peerId))
    return others.every((other) => met.has(other.peerId))
  })
}
