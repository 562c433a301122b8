import { GgenError } from '#core'
import { unsafe } from './archive-fault.ts'
import type { FolderTree, TreeEntry } from './folder-tree.ts'

/** What may lie in a memory folder: contents, or something that is neither file nor folder. */
export type MemoryNode = string | Uint8Array | { readonly content: string | Uint8Array; readonly executable: boolean } | { readonly kind: 'symlink' | 'other' }

/** The twin of a folder on disk: paths of its files (separated by `/`) with what lies there. Folders come of the paths. */
export const memoryFolder = (nodes: Readonly<Record<string, MemoryNode>>): FolderTree => ({
  list: (path, signal) => {
    signal.throwIfAborted()
    const prefix = path === '' ? '' : `${path}/`
    const entries = new Map<string, TreeEntry>()
    for (const [file, node] of Object.entries(nodes)) {
      if (!file.startsWith(prefix)) continue
      const [name = '', below] = file.slice(prefix.length).split('/')
      entries.set(name, below === undefined ? entryOf(name, node) : { name, kind: 'folder', sizeBytes: 0, executable: false })
    }
    if (entries.size === 0 && path !== '') return Promise.reject(missing(path))
    return Promise.resolve([...entries.values()])
  },
  open: (path, signal) => readNode(nodes, path, signal),
})

async function* readNode(nodes: Readonly<Record<string, MemoryNode>>, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted()
  const node = nodes[path]
  if (node === undefined) throw missing(path)
  const content = contentOf(node)
  if (content === undefined) throw unsafe('link', 'is not a regular file', path)
  yield await Promise.resolve(Buffer.from(content))
}

const contentOf = (node: MemoryNode): string | Uint8Array | undefined => {
  if (typeof node === 'string' || node instanceof Uint8Array) return node
  return 'content' in node ? node.content : undefined
}

const entryOf = (name: string, node: MemoryNode): TreeEntry => {
  if (typeof node === 'string' || node instanceof Uint8Array) return { name, kind: 'file', sizeBytes: Buffer.byteLength(node), executable: false }
  if ('kind' in node) return { name, kind: node.kind, sizeBytes: 0, executable: false }
  return { name, kind: 'file', sizeBytes: Buffer.byteLength(node.content), executable: node.executable }
}

const missing = (path: string): GgenError => new GgenError('path-not-found', `there is nothing at ${JSON.stringify(path)}`, { details: { path } })
