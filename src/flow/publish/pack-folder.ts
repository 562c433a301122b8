import { checkPath, chooseManifest, type FolderTree, isManifestFile, type ManifestFile, packArchive, type PackFile, type TreeEntry, unsafe } from '#archive'
import { GgenError, LIMITS } from '#core'
import { type FolderRules, readFolderRules, rootRules } from './folder-rules.ts'

/**
 * The archive of a folder: what its ignore files and the allow-list of its manifest leave, sorted, without anything that differs between two
 * machines. Looks at all names and sizes before the first content. Throws `manifest-missing`, `manifest-invalid`, `name-invalid`,
 * `version-invalid`, `archive-unsafe` (details `{path, rule}`), `archive-too-large`, and what the tree throws.
 */
export async function* packFolder(tree: FolderTree, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const root = await tree.list('', signal)
  const manifest = chooseManifest(await readManifests(tree, root, signal))
  const walk = new Walk(tree, signal)
  await walk.enter('', root, rootRules(manifest.files))
  yield* packArchive(walk.files)
}

/** The manifests come first: a folder that is no package is not searched. */
async function readManifests(tree: FolderTree, root: readonly TreeEntry[], signal: AbortSignal): Promise<ReadonlyMap<ManifestFile, Uint8Array>> {
  const found = new Map<ManifestFile, Uint8Array>()
  for (const entry of root) {
    if (!isManifestFile(entry.name)) continue
    refuseUnlessFile(entry, entry.name)
    if (entry.sizeBytes > LIMITS.manifestBytes) {
      throw new GgenError('manifest-invalid', `${entry.name}: it is larger than ${LIMITS.manifestBytes} bytes`, { details: { file: entry.name } })
    }
    found.set(entry.name, await readSmall(tree, entry.name, signal))
  }
  return found
}

async function readSmall(tree: FolderTree, path: string, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of tree.open(path, signal)) parts.push(part)
  return Buffer.concat(parts)
}

const refuseUnlessFile = ({ kind }: TreeEntry, path: string): void => {
  if (kind === 'symlink') throw unsafe('link', 'is a link; only files and folders can be packed', path)
  if (kind !== 'file') throw unsafe('type', 'is not a file', path)
}

/** One walk through a folder, in the order of names, counting while it goes. */
class Walk {
  readonly files: PackFile[] = []
  readonly #tree: FolderTree
  readonly #signal: AbortSignal
  #entries = 0
  #totalBytes = 0

  constructor(tree: FolderTree, signal: AbortSignal) {
    this.#tree = tree
    this.#signal = signal
  }

  /** `entries` is what lies in the folder `path`; `above` are the rules that its parents set. */
  async enter(path: string, entries: readonly TreeEntry[], above: FolderRules): Promise<void> {
    const rules = await readFolderRules(above, { path, entries }, (file) => readSmall(this.#tree, file, this.#signal))
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const below = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.kind === 'folder') {
        if (rules.skipsFolder(below)) continue
        if (below.split('/').length >= LIMITS.archivePathDepth) throw unsafe('depth', `is nested deeper than ${LIMITS.archivePathDepth} folders`, below)
        this.#count()
        await this.enter(below, await this.#tree.list(below, this.#signal), rules)
      } else if (!rules.skipsFile(below)) this.#addFile(below, entry)
    }
  }

  #addFile(path: string, entry: TreeEntry): void {
    if (entry.kind !== 'file') throw unsafe(entry.kind === 'symlink' ? 'link' : 'type', 'is neither a file nor a folder; leave it out or replace it', path)
    checkPath(path)
    this.#count()
    const { sizeBytes, executable } = entry
    this.#totalBytes += sizeBytes
    if (this.#totalBytes > LIMITS.unpackedBytes) throw tooLarge(`${LIMITS.unpackedBytes} bytes`, LIMITS.unpackedBytes)
    this.files.push({ path, sizeBytes, executable, content: () => this.#tree.open(path, this.#signal) })
  }

  #count(): void {
    this.#signal.throwIfAborted()
    this.#entries++
    if (this.#entries > LIMITS.archiveFiles) throw tooLarge(`${LIMITS.archiveFiles} files and folders`, LIMITS.archiveFiles)
  }
}

const tooLarge = (what: string, limit: number): GgenError => new GgenError('archive-too-large', `the folder holds more than ${what}`, { details: { limit } })
