import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GgenError, isPackageName, type PackageName } from '#core'
import { flushFolder, look, move, writeNewFile } from './durable-files.ts'
import { coded } from './file-fault.ts'
import type { ProjectPlaces } from './project-places.ts'

/** What is about to happen, written down before it does. */
export interface ChangePlan {
  readonly packages: readonly PlannedFolder[]
  /** SHA-256 of the text of `ggen.lock` before, `none` where there was none, and afterwards. */
  readonly before: string
  readonly after: string
}

/** A folder that comes, goes, or replaces another one. */
export interface PlannedFolder {
  readonly name: PackageName
  /** Of the staged folder, which keeps it when it is renamed; `none` where the package is removed. */
  readonly inode: string
}

const planPath = ({ workshop }: ProjectPlaces): string => join(workshop, 'plan.json')

/** A plan is there whole or not at all. */
export const writePlan = async (places: ProjectPlaces, plan: ChangePlan): Promise<void> => {
  const fresh = join(places.workshop, 'plan.new')
  await writeNewFile(fresh, 0o600, [Buffer.from(JSON.stringify(plan))])
  await move(fresh, planPath(places))
}

/** The plan that was not finished, if there is one. Throws `install-blocked`, `denied` or `store-broken`. */
export const readPlan = async (places: ProjectPlaces): Promise<ChangePlan | undefined> => {
  const path = planPath(places)
  if ((await look(path)) === undefined) return undefined
  return parsePlan(await coded(path, async () => await readFile(path, 'utf8')), path)
}

/** What happened, or did not, is settled: nobody has to know of the plan any more. */
export const dropPlan = async (places: ProjectPlaces): Promise<void> => {
  const path = planPath(places)
  await coded(path, async () => await rm(path, { recursive: true, force: true }))
  await flushFolder(places.workshop)
}

/** The file may have come with the project, from anybody. */
const parsePlan = (text: string, path: string): ChangePlan => {
  try {
    const plan: unknown = JSON.parse(text)
    if (isPlan(plan)) return plan
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new GgenError('install-blocked', `${path} is not what ggen writes there`, { hint: 'remove it', details: { path } })
}

const isPlan = (plan: unknown): plan is ChangePlan =>
  typeof plan === 'object' && plan !== null && 'before' in plan && typeof plan.before === 'string' && 'after' in plan && typeof plan.after === 'string' &&
  'packages' in plan && Array.isArray(plan.packages) && plan.packages.every(isFolder)

const isFolder = (folder: unknown): folder is PlannedFolder =>
  typeof folder === 'object' && folder !== null && 'name' in folder && typeof folder.name === 'string' && isPackageName(folder.name) &&
  'inode' in folder && typeof folder.inode === 'string'
