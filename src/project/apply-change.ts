import { createHash } from 'node:crypto'
import { mkdir, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Digest, GgenError, type PackageName } from '#core'
import { type ChangePlan, dropPlan, type PlannedFolder, readPlan, writePlan } from './change-plan.ts'
import { flushFolder, look, move, writeNewFile } from './durable-files.ts'
import { coded, systemCode } from './file-fault.ts'
import { forgetInPlace, rememberInPlace } from './in-place.ts'
import { lockPath, packagePath, type ProjectPlaces, readLockText } from './project-places.ts'

/** Folders that come, by their place now, packages that go, and the text of the lock. */
export interface DiskChange {
  readonly placed: ReadonlyMap<PackageName, { readonly path: string; readonly digest: Digest }>
  readonly removed: readonly PackageName[]
  readonly lock: string
}

/** Everything that may lie in the workshop, but for the lock of the project, the plan, and the memory of what is in place. */
const WORKPIECES = ['old', 'undone', 'new', 'ggen.lock', 'plan.new', 'in-place.new'] as const

const NO_LOCK = 'none'

/**
 * Moves what goes out of the way, staged folders to where their packages belong, and writes `ggen.lock`. After a failure everything is as
 * it was; after a crash `settle` makes it so, or finishes. Throws `install-blocked`, `disk-full`, `denied` or `store-broken`.
 */
export const applyChange = async (places: ProjectPlaces, { placed, removed, lock }: DiskChange): Promise<void> => {
  for (const name of placed.keys()) await makeScope(places, packagePath(places, name))
  const coming = await Promise.all([...placed].map(async ([name, { path, digest }]) => ({ name, path, digest, inode: await inodeOf(path) })))
  const plan = { packages: [...coming.map(({ name, inode }) => ({ name, inode })), ...removed.map((name) => ({ name, inode: 'none' }))] }
  await writePlan(places, { ...plan, before: await lockHash(places), after: hashOf(lock) })
  const remembered = await forgetInPlace(places)
  let memory = remembered
  try {
    await moveAside(places, plan.packages)
    for (const { name, path } of coming) await move(path, packagePath(places, name))
    await writeNewFile(join(places.workshop, 'ggen.lock'), 0o644, [Buffer.from(lock)])
    await move(join(places.workshop, 'ggen.lock'), lockPath(places))
    const stays = [...remembered].filter(([name]) => !removed.includes(name))
    memory = new Map([...stays, ...coming.map(({ name, digest, inode }) => [name, { digest, inode }] as const)])
  } finally {
    await settle(places)
    await rememberInPlace(places, memory)
  }
  await sweepScopes(places, removed)
}

/**
 * Finishes the last plan where all of it happened, undoes it otherwise, and clears the workshop. Throws `install-blocked`, `denied` or
 * `store-broken`.
 */
export const settle = async (places: ProjectPlaces): Promise<void> => {
  const plan = await readPlan(places)
  if (plan !== undefined) {
    if (!(await isDone(places, plan))) await undo(places, plan)
    await dropPlan(places)
  }
  for (const name of WORKPIECES) await remove(join(places.workshop, name))
}

/** The lock comes last. Where its text does not change, only the folders can say. */
const isDone = async (places: ProjectPlaces, { packages, before, after }: ChangePlan): Promise<boolean> => {
  if ((await lockHash(places)) !== after) return false
  if (before !== after) return true
  const inodes = await Promise.all(packages.map(async ({ name }) => await inodeOf(packagePath(places, name))))
  return packages.every(({ inode }, index) => inodes[index] === inode)
}

async function moveAside(places: ProjectPlaces, packages: readonly PlannedFolder[]): Promise<void> {
  await makeFolder(asideOf(places))
  for (const [index, { name }] of packages.entries()) {
    const target = packagePath(places, name)
    if ((await look(target)) !== undefined) await move(target, asideOf(places, index))
  }
}

const asideOf = ({ workshop }: ProjectPlaces, index?: number): string => join(workshop, 'old', ...(index === undefined ? [] : [String(index)]))

/** First everything that came goes, then everything that was there comes back: one may lie where the other has to be. */
async function undo(places: ProjectPlaces, { packages }: ChangePlan): Promise<void> {
  for (const { name } of packages) await hasScope(dirname(packagePath(places, name)))
  const undone = join(places.workshop, 'undone')
  await remove(undone)
  await makeFolder(undone)
  for (const [index, { name, inode }] of packages.entries()) {
    const target = packagePath(places, name)
    if ((await look(target)) !== undefined && (await inodeOf(target)) === inode) await move(target, join(undone, String(index)))
  }
  for (const [index, { name }] of packages.entries()) await bringBack(places, name, asideOf(places, index))
}

async function bringBack(places: ProjectPlaces, name: PackageName, old: string): Promise<void> {
  if ((await look(old)) === undefined) return
  const target = packagePath(places, name)
  if ((await look(target)) !== undefined) {
    const message = `${target} came into being while an install was interrupted; what was there before is in ${old}`
    throw new GgenError('install-blocked', message, { details: { name } })
  }
  await makeScope(places, target)
  await move(old, target)
}

/** Whether the folder of a scope or namespace is there. Nothing is moved where a link in its place leads: then throws `install-blocked`. */
async function hasScope(scope: string): Promise<boolean> {
  const there = await look(scope)
  if (there !== undefined && !there.isDirectory()) throw new GgenError('install-blocked', `${scope} is not a folder`, { details: { path: scope } })
  return there !== undefined
}

async function makeScope({ packages }: ProjectPlaces, target: string): Promise<void> {
  const scope = dirname(target)
  if (scope === packages) return
  if (!(await hasScope(scope))) await coded(scope, async () => await mkdir(scope, 0o755))
  await flushFolder(packages)
}

/** Whatever else somebody keeps there stays, and the folder with it. */
const OCCUPIED: ReadonlySet<string> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOENT'])

async function sweepScopes({ packages, ...places }: ProjectPlaces, removed: readonly PackageName[]): Promise<void> {
  const scopes = new Set(removed.map((name) => dirname(packagePath({ packages, ...places }, name))).filter((scope) => scope !== packages))
  for (const scope of scopes) {
    await coded(scope, async () => {
      try {
        await rmdir(scope)
      } catch (error) {
        if (!OCCUPIED.has(systemCode(error))) throw error
      }
    })
  }
}

const inodeOf = async (path: string): Promise<string> => (await look(path))?.ino.toString() ?? 'none'

/** A lock that cannot be read as a file is not one that was planned. */
const lockHash = async (places: ProjectPlaces): Promise<string> => {
  if ((await look(lockPath(places)))?.isFile() !== true) return NO_LOCK
  return hashOf((await readLockText(places)) ?? '')
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const makeFolder = async (path: string): Promise<void> => void (await coded(path, async () => await mkdir(path, { recursive: true, mode: 0o700 })))

const remove = async (path: string): Promise<void> => await coded(path, async () => await rm(path, { recursive: true, force: true }))
