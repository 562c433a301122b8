import type { Artifact, RegistryId } from '#core'

/** Whom bytes are asked of, instead of those that the operator chose. */
export interface Givers {
  readonly order: 'central-first' | 'p2p-first'
  readonly asksPeers: boolean
  readonly server?: RegistryId
}

/** What a search has to know of a blob; `isPrivate`: its package has a private name. */
export type Sought = Pick<Artifact, 'digest' | 'sizeBytes' | 'chunks'> & { readonly isPrivate?: boolean; readonly givers?: Givers }
