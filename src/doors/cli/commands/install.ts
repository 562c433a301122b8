import { resolve } from 'node:path'
import { GgenError, type IdentityId, type PackageSpec, parsePackageSpec } from '#core'
import { misfitsOf } from '#flow/install'
import { applyLock, type Decided, type NextLock, planReport, type Step } from './apply-lock.ts'
import type { Context, Run } from './context.ts'
import type { Outcome } from './outcome.ts'
import { type PlanWish, planProject } from './plan-project.ts'
import type { Project, ProjectState } from './project.ts'
import { type WhomFlags, whomToAsk } from './whom-to-ask.ts'

/** How often a change is worked out anew because another install came between. */
const ATTEMPTS = 5

export interface InstallOptions extends Omit<Decided, 'registries'>, WhomFlags {
  /** As `parsePackageSpec` reads them; empty: what the project asks for. */
  readonly specs: readonly string[]
  /** Relative to the working folder. */
  readonly folder: string
  /** The publisher that the user chose for the one package that is asked for. */
  readonly trust?: IdentityId
  /** Exactly what the lock says, or nothing. */
  readonly frozen?: boolean
  /** Say what would be done, and do nothing. */
  readonly dryRun?: boolean
}

/** `ggen install`: the node chooses and brings archives, this process verifies them again and makes files of all of them at once. */
export const install =
  ({ p2p, central, registry, ...options }: InstallOptions): Run =>
  async (context) => {
    const { specs: texts, folder, frozen = false, dryRun = false, trust, ...accepted } = options
    const flags = { ...(p2p !== undefined && { p2p }), ...(central !== undefined && { central }), ...(registry !== undefined && { registry }) }
    if (options.offline === true && Object.keys(flags).length > 0) throw new GgenError('usage', '--offline asks nobody: leave out who is to be asked')
    const decided = { ...accepted, ...(options.offline === true ? {} : await whomToAsk(flags, context, folder)) }
    const specs = texts.map(parsePackageSpec)
    assertSense(specs, { frozen, trust })
    const project = await context.world.openProject(resolve(context.environment.platform.workingFolder, folder))
    const wish = { specs, ...(trust !== undefined && { trust }), ...(specs.length > 0 && { update: specs.map(({ name }) => name) }), ...decided }
    const next = async (state: ProjectState): Promise<NextLock> => (frozen ? frozenLock(state) : await nextLock(state, wish, context))
    return await changeTo(project, next, { decided, dryRun, context })
  }

const assertSense = (specs: readonly PackageSpec[], { frozen, trust }: { readonly frozen: boolean; readonly trust: IdentityId | undefined }): void => {
  const names = specs.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new GgenError('usage', `${twice} is asked for twice; a project has one version of each package`)
  if (frozen && specs.length > 0) throw new GgenError('usage', '--frozen installs what ggen.lock says, and no other packages')
  if (trust !== undefined && specs.length !== 1) throw new GgenError('usage', '--trust says who publishes one package: ask for exactly one')
}

/** The lock as it is, where that is what the project asks for. */
const frozenLock = ({ lock, isLocked, manifest }: ProjectState): NextLock => {
  const misfits = isLocked ? misfitsOf(lock, manifest?.needs) : ['there is no ggen.lock']
  if (misfits.length === 0) return { lock, trust: new Map() }
  throw new GgenError('lock-outdated', `ggen.lock is not what the project asks for: ${misfits[0]}`, { details: { misfits } })
}

/** A lock that is what the project asks for stays; nobody is asked for versions then. */
const nextLock = async (state: ProjectState, wish: PlanWish, context: Context): Promise<NextLock> => {
  const { lock, isLocked, manifest } = state
  const fits = wish.specs.length === 0 && isLocked && misfitsOf(lock, manifest?.needs).length === 0
  return fits ? { lock, trust: new Map() } : await planProject(state, wish, context)
}

/** Works out what a project is to become, and makes it so; once more where another install came between. */
export const changeTo = async (
  project: Project, nextOf: (state: ProjectState) => Promise<NextLock>,
  { decided, dryRun, context }: { readonly decided: Decided; readonly dryRun: boolean; readonly context: Context },
): Promise<Outcome> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const state = await project.read()
    const step: Step = { project, state, next: await nextOf(state) }
    if (dryRun) return { kind: 'planned', value: planReport(step) }
    const report = await applyLock(step, decided, context)
    if (report !== undefined) return { kind: 'installed', value: report }
  }
  throw new GgenError('too-busy', 'other installs change this project all the time')
}
