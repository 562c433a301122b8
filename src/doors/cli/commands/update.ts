import { resolve } from 'node:path'
import { GgenError, type PackageName, parsePackageName } from '#core'
import { type Decided, type NextLock, planReport } from './apply-lock.ts'
import type { Run } from './context.ts'
import { changeTo } from './install.ts'
import { planProject } from './plan-project.ts'
import type { ProjectState } from './project.ts'
import { type WhomFlags, whomToAsk } from './whom-to-ask.ts'

export interface UpdateOptions extends Omit<Decided, 'registries'>, WhomFlags {
  /** Empty: everything. */
  readonly names: readonly string[]
  /** Relative to the working folder. */
  readonly folder: string
  /** Say what is newer, and change nothing. */
  readonly check?: boolean
}

/** `ggen update`: the newest of everything, or of some packages, that suits the project and its packages. */
export const update =
  ({ names: texts, folder, check = false, p2p = false, central = false, registry, ...accepted }: UpdateOptions): Run =>
  async (context) => {
    const names = texts.map(parsePackageName)
    const decided = { ...accepted, ...(await whomToAsk({ p2p, central, ...(registry !== undefined && { registry }) }, context, folder)) }
    const project = await context.world.openProject(resolve(context.environment.platform.workingFolder, folder))
    const next = async (state: ProjectState): Promise<NextLock> => {
      for (const name of names) assertInstalled(state, name)
      return await planProject(state, { specs: [], update: names.length === 0 ? 'all' : names, ...decided }, context)
    }
    if (!check) return await changeTo(project, next, { decided, dryRun: false, context })
    const state = await project.read()
    const step = { project, state, next: await next(state) }
    const { planned, ...rest } = planReport(step)
    return { kind: 'updates', value: { ...rest, planned: planned.filter(({ name, version }) => !isIn(state, name, version)) } }
  }

/** What is missing on the disk only is nothing newer. */
const isIn = ({ lock }: ProjectState, name: PackageName, version: string): boolean => lock.some((one) => one.name === name && one.version === version)

const assertInstalled = ({ lock }: ProjectState, name: PackageName): void => {
  if (lock.some((one) => one.name === name)) return
  throw new GgenError('package-not-found', `${name} is not installed here`, { hint: `install it: ggen install ${name}`, details: { name } })
}
