import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Digest, isGgenError, isPackageName, type PackageName, parseDigest } from '#core'
import { look, move, writeNewFile } from './durable-files.ts'
import { coded } from './file-fault.ts'
import { packagePath, type ProjectPlaces } from './project-places.ts'

/** A package that was put in place: its archive, and its folder, which another one does not pass for. */
interface Placed {
  readonly digest: Digest
  readonly inode: string
}

type Memory = ReadonlyMap<PackageName, Placed>

const memoryPath = ({ workshop }: ProjectPlaces): string => join(workshop, 'in-place.json')

/** What was put in place here and lies there still. Throws `denied` or `store-broken`. */
export const readInPlace = async (places: ProjectPlaces): Promise<ReadonlyMap<PackageName, Digest>> => {
  const known = [...(await readMemory(places))].map(async ([name, { digest, inode }]): Promise<readonly [PackageName, Digest][]> => {
    const there = await look(packagePath(places, name))
    return there?.isDirectory() === true && there.ino.toString() === inode ? [[name, digest]] : []
  })
  return new Map((await Promise.all(known)).flat())
}

/** Forgets what is in place, so that a crash in between leaves no wrong memory; resolves to what was remembered. */
export const forgetInPlace = async (places: ProjectPlaces): Promise<Memory> => {
  const memory = await readMemory(places)
  await coded(memoryPath(places), async () => await rm(memoryPath(places), { recursive: true, force: true }))
  return memory
}

/** Remembers what is in place from now on. */
export const rememberInPlace = async (places: ProjectPlaces, memory: Memory): Promise<void> => {
  const fresh = join(places.workshop, 'in-place.new')
  await writeNewFile(fresh, 0o600, [Buffer.from(JSON.stringify(Object.fromEntries(memory)))])
  await move(fresh, memoryPath(places))
}

/** A memory that cannot be read is none: then packages are put in place once more. */
const readMemory = async (places: ProjectPlaces): Promise<Memory> => {
  const path = memoryPath(places)
  if ((await look(path))?.isFile() !== true) return new Map()
  return parseMemory(await coded(path, async () => await readFile(path, 'utf8')))
}

const parseMemory = (text: string): Memory => {
  try {
    const memory: unknown = JSON.parse(text)
    if (typeof memory !== 'object' || memory === null) return new Map()
    return new Map(Object.entries(memory).flatMap(([name, placed]) => parsePlaced(name, placed)))
  } catch (error) {
    if (!(error instanceof SyntaxError) && !isGgenError(error, 'digest-invalid')) throw error
    return new Map()
  }
}

const parsePlaced = (name: string, placed: unknown): readonly [PackageName, Placed][] => {
  if (!isPackageName(name) || typeof placed !== 'object' || placed === null) return []
  const { digest, inode }: { readonly digest?: unknown; readonly inode?: unknown } = placed
  return typeof digest === 'string' && typeof inode === 'string' ? [[name, { digest: parseDigest(digest), inode }]] : []
}
