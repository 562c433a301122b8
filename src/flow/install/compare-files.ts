import { createHash } from 'node:crypto'
import { type ArchiveEntry, type FolderTree, readArchive, type TreeEntry } from '#archive'
import { GgenError, LIMITS } from '#core'
import { SignedBytes } from './signed-bytes.ts'
import type { VerifiedArchive } from './verified-archive.ts'

/** How one path of an installed package is not as its archive has it. */
export interface FileDifference {
  /** Below the package, separated by `/`; empty for the package itself. */
  readonly path: string
  /** `kind`: a link, or a folder where a file should be, or the other way round · `rights`: may be executed, or may not, other than it should. */
  readonly what: 'missing' | 'changed' | 'extra' | 'rights' | 'kind'
}

/** Folders and files that are listed at most: twice what a package may have, so that what somebody put beside it can be named. */
const LISTED = 2 * LIMITS.archiveFiles

/**
 * What is different between an archive and the folder that it was unpacked to, sorted by path; of an extra folder only the folder. The archive itself is
 * verified meanwhile. Throws `integrity` and what `readArchive`, the chunks and the tree throw; `path-not-found` where there is no such folder.
 */
export const compareFiles = async (
  archive: VerifiedArchive, tree: FolderTree, { hasRights, signal }: { readonly hasRights: boolean; readonly signal: AbortSignal },
): Promise<readonly FileDifference[]> => {
  const there = await listAll(tree, signal)
  const expected = new Set<string>()
  const found: FileDifference[] = []
  await using bytes = new SignedBytes(archive)
  for await (const entry of readArchive(bytes.read(), { signal })) {
    for (const folder of foldersAbove(entry.path)) expected.add(folder)
    expected.add(entry.path)
    const what = await judge(entry, { tree, there: there.get(entry.path), hasRights, signal })
    if (what !== undefined) found.push({ path: entry.path, what })
  }
  await bytes.check()
  const extra = [...there.keys()].filter((path) => !expected.has(path) && (path.lastIndexOf('/') === -1 || expected.has(parentOf(path))))
  return [...found, ...extra.map((path) => ({ path, what: 'extra' }) as const)].toSorted((a, b) => (a.path < b.path ? -1 : 1))
}

interface Place {
  readonly tree: FolderTree
  readonly there: TreeEntry | undefined
  readonly hasRights: boolean
  readonly signal: AbortSignal
}

async function judge(entry: ArchiveEntry, { tree, there, hasRights, signal }: Place): Promise<FileDifference['what'] | undefined> {
  if (there === undefined) return 'missing'
  if (there.kind !== entry.kind) return 'kind'
  if (entry.kind === 'folder') return undefined
  if (there.sizeBytes !== entry.sizeBytes || (await hashOf(entry.content)) !== (await hashOf(tree.open(entry.path, signal)))) return 'changed'
  return hasRights && there.executable !== entry.executable ? 'rights' : undefined
}

async function hashOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of content) hash.update(chunk)
  return hash.digest('hex')
}

/** Everything below a folder by its path; what links lead to is not entered. */
async function listAll(tree: FolderTree, signal: AbortSignal): Promise<ReadonlyMap<string, TreeEntry>> {
  const all = new Map<string, TreeEntry>()
  const open = ['']
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of await tree.list(folder, signal)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (all.size >= LISTED) throw new GgenError('archive-too-large', `more than ${LISTED} files and folders lie where a package should be`)
      all.set(path, entry)
      if (entry.kind === 'folder') open.push(path)
    }
  }
  return all
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

function* foldersAbove(path: string): Generator<string> {
  for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) yield folder
}
