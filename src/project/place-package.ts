import { createHash } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { GgenError, isPackageName, type PackageName } from '#core'
import { flushFolder, look, move, writeNewFile } from './durable-files.ts'
import { coded } from './file-fault.ts'
import { lockPath, packagePath, type ProjectPlaces, readLockText } from './project-places.ts'

/** What is about to happen, written down before it does. */
interface Plan {
  readonly name: PackageName
  /** Of the staged folder, which keeps it when it is renamed. */
  readonly inode: string
  /** SHA-256 of the text that `ggen.lock` gets. */
  readonly lock: string
}

/** Everything that may lie in the workshop, but for the lock of the project itself. */
const WORKPIECES = ['old', 'undone', 'new', 'ggen.lock', 'plan.new'] as const

/**
 * Moves a staged folder to where the package belongs, what lies there out of the way, and writes `ggen.lock`. After a failure everything is as
 * it was; after a crash `settle` makes it so, or finishes. Throws `install-blocked`, `disk-full`, `denied` or `store-broken`.
 */
export const placePackage = async (places: ProjectPlaces, name: PackageName, change: { readonly staged: string; readonly lock: string }): Promise<void> => {
  const target = packagePath(places, name)
  await makeScope(places, target)
  await writePlan(places, { name, inode: await inodeOf(change.staged), lock: hashOf(change.lock) })
  try {
    if ((await look(target)) !== undefined) await move(target, join(places.workshop, 'old'))
    await move(change.staged, target)
    await writeNewFile(join(places.workshop, 'ggen.lock'), 0o644, [Buffer.from(change.lock)])
    await move(join(places.workshop, 'ggen.lock'), lockPath(places))
  } finally {
    await settle(places)
  }
}

/**
 * Finishes the last plan where all of it happened, undoes it otherwise, and clears the workshop. Throws `install-blocked`, `denied` or
 * `store-broken`.
 */
export const settle = async (places: ProjectPlaces): Promise<void> => {
  const plan = await readPlan(places)
  if (plan !== undefined) {
    const isPlaced = (await inodeOf(packagePath(places, plan.name))) === plan.inode
    if (!isPlaced || !(await isLocked(places, plan))) await undo(places, plan.name, isPlaced)
    await remove(planPath(places))
    await flushFolder(places.workshop)
  }
  for (const name of WORKPIECES) await remove(join(places.workshop, name))
}

/** A lock that cannot be read as a file is not the one that was planned. */
const isLocked = async (places: ProjectPlaces, plan: Plan): Promise<boolean> =>
  (await look(lockPath(places)))?.isFile() === true && hashOf((await readLockText(places)) ?? '') === plan.lock

async function undo(places: ProjectPlaces, name: PackageName, isPlaced: boolean): Promise<void> {
  const target = packagePath(places, name)
  await hasScope(dirname(target))
  const old = join(places.workshop, 'old')
  if (isPlaced) {
    await remove(join(places.workshop, 'undone'))
    await move(target, join(places.workshop, 'undone'))
  }
  if ((await look(old)) === undefined) return
  if ((await look(target)) !== undefined) {
    const message = `${target} came into being while an install was interrupted; what was there before is in ${old}`
    throw new GgenError('install-blocked', message, { details: { name } })
  }
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

const planPath = ({ workshop }: ProjectPlaces): string => join(workshop, 'plan.json')

/** A plan is there whole or not at all. */
const writePlan = async (places: ProjectPlaces, plan: Plan): Promise<void> => {
  const fresh = join(places.workshop, 'plan.new')
  await writeNewFile(fresh, 0o600, [Buffer.from(JSON.stringify(plan))])
  await move(fresh, planPath(places))
}

const readPlan = async (places: ProjectPlaces): Promise<Plan | undefined> => {
  const path = planPath(places)
  if ((await look(path)) === undefined) return undefined
  return parsePlan(await coded(path, async () => await readFile(path, 'utf8')), path)
}

/** The file may have come with the project, from anybody. */
const parsePlan = (text: string, path: string): Plan => {
  try {
    const plan: unknown = JSON.parse(text)
    if (isPlan(plan)) return plan
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new GgenError('install-blocked', `${path} is not what ggen writes there`, { hint: 'remove it', details: { path } })
}

const isPlan = (plan: unknown): plan is Plan =>
  typeof plan === 'object' && plan !== null && 'name' in plan && typeof plan.name === 'string' && isPackageName(plan.name) &&
  'inode' in plan && typeof plan.inode === 'string' && 'lock' in plan && typeof plan.lock === 'string'

const inodeOf = async (path: string): Promise<string> => (await look(path))?.ino.toString() ?? 'none'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

const remove = async (path: string): Promise<void> => await coded(path, async () => await rm(path, { recursive: true, force: true }))
