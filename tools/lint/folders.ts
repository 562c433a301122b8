import type { Layer } from '../../layers.ts'

/** A folder of src/ as the linter sees it: one row of the layer table, or a second door inside one (like store/disk). */
export interface Folder {
  readonly folder: string
  readonly mayImport: readonly string[]
}

const folderOfDoor = (door: string): string => door.slice(1)

const isInside = (folder: string, parent: string): boolean => folder.startsWith(`${parent}/`)

/** A second door may import what its folder may, and its folder's own door for the port it stands behind. Most specific folder last. */
export const foldersOf = (layers: readonly Layer[], doors: readonly string[]): readonly Folder[] => {
  const inner = layers.flatMap(({ folder, mayImport }) =>
    doors
      .map(folderOfDoor)
      .filter((candidate) => isInside(candidate, folder))
      .map((candidate) => ({ folder: candidate, mayImport: [...mayImport, `#${folder}`] })),
  )
  return [...layers.map(({ folder, mayImport }) => ({ folder, mayImport })), ...inner]
}

const EDGES = [
  'config', 'main', 'node', 'node/system', 'project', 'library', 'store/disk', 'network/libp2p', 'bulk/tls', 'domains/web', 'foreign/source', 'registry/http',
]

/** Whether a folder may touch the world: clock, randomness, disk, network, process. */
export const isEdge = (folder: string): boolean => EDGES.includes(folder) || folder.startsWith('doors/')
