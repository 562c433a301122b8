import type { IdentityId, PackageName, PackageSpec } from '#core'
import type { LockedQuestion, PlanReply } from '#doors/control'
import type { LockedPackage } from '#flow/install'
import { acceptPublisher } from './accept-publisher.ts'
import type { Context } from './context.ts'
import type { ProjectState } from './project.ts'
import { lockOf, wantedOf, type Wishes, wishesOf } from './project-wish.ts'
import type { Asked } from './whom-to-ask.ts'

/** What the user wants of a project, and what was decided. */
export interface PlanWish extends Asked {
  /** What is asked for besides what the project asks for already. */
  readonly specs: readonly PackageSpec[]
  /** The publisher that the user chose for what is asked for. */
  readonly trust?: IdentityId
  readonly acceptDowngrade?: boolean
  readonly acceptAdvisory?: boolean
  readonly offline?: boolean
  /** Take the newest that fits: of everything, or of these. */
  readonly update?: 'all' | readonly PackageName[]
}

/** A plan for a project, and the publishers that the user accepted for it. */
export interface ProjectPlan {
  readonly plan: PlanReply
  readonly lock: ReturnType<typeof lockOf>
  readonly trust: ReadonlyMap<PackageName, IdentityId>
}

/** Asks the node what a project is made of from now on; a person is asked about every publisher for whom nothing speaks. Throws what the node throws. */
export const planProject = async (state: ProjectState, { specs, trust: chosen, ...decided }: PlanWish, context: Context): Promise<ProjectPlan> => {
  const wishes = wishesOf(state, specs)
  const trust = new Map(chosen === undefined ? [] : specs.map(({ name }) => [name, chosen] as const))
  const locked = state.lock.map(lockedQuestion)
  for (;;) {
    try {
      const plan = await context.client.plan({ wanted: wantedOf(wishes, trust), locked, ...decided }, context.deadline.signal)
      return { plan, lock: lockOf(plan, wishes), trust }
    } catch (error) {
      await accept(error, { wishes, trust }, context)
    }
  }
}

const lockedQuestion = ({ name, version, identity, source, digest, sha512, sizeBytes, dependencies }: LockedPackage): LockedQuestion =>
  identity === undefined ? { name, version, source, digest, sha512, sizeBytes, dependencies } : { name, version, identity, digest }

/** Throws the error again unless somebody accepts the publisher that it is about. */
const accept = async (error: unknown, { wishes, trust }: { wishes: Wishes; trust: Map<PackageName, IdentityId> }, context: Context): Promise<void> => {
  const accepted = await acceptPublisher(error, context)
  if (accepted === undefined || trust.has(accepted.name)) throw error
  trust.set(accepted.name, accepted.identity)
  if (!wishes.has(accepted.name)) await context.client.trustAdd(accepted.name, accepted.identity, context.deadline.signal)
}
