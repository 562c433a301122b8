import type { Artifact, FeedOp, ReleaseBody, StatusBody } from '#core'

/** What a feed looks at in an op. */
export type PlaceFacts = Pick<FeedOp, 'id' | 'seq' | 'prev'>

type SignedFacts = PlaceFacts & Pick<FeedOp, 'identity' | 'feed' | 'at' | 'signers'>

/** What a view looks at in a release: whole ops have it all, and who keeps many keeps no more. */
export interface ReleaseFacts extends SignedFacts {
  readonly type: 'release'
  readonly body: Pick<ReleaseBody, 'roles' | 'name' | 'version'> & { readonly artifact: Pick<Artifact, 'digest' | 'sha512' | 'sizeBytes'> }
}

/** What a view looks at in a status. */
export interface StatusFacts extends SignedFacts {
  readonly type: 'status'
  readonly body: Pick<StatusBody, 'roles' | 'name' | 'version' | 'state' | 'why' | 'tag'>
}
