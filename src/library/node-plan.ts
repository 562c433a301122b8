import type { Config } from '#config'

/**
 * Where a node is to run, checked, before anything of it is there. On its own, because constructors that programs see name it: with what starts a node it
 * would bring the types of the whole node, and of libraries that programs do not have types of.
 */
export interface NodePlan {
  readonly config: Config
  readonly keysFolder: string
  /** The home folder is gone when the node is. */
  readonly isFleeting: boolean
}
