import type { AdvisoryOp, EndorseOp, GenesisOp, ReleaseOp, RolesOp, StatusOp } from '#core'

type Unsigned<T> = Omit<T, 'id' | 'signers' | 'bytes'>

/** A genesis has no identity field: its own id becomes the identity. */
export type GenesisDraft = Omit<Unsigned<GenesisOp>, 'identity'>
export type RolesDraft = Unsigned<RolesOp>
export type ReleaseDraft = Unsigned<ReleaseOp>
export type StatusDraft = Unsigned<StatusOp>
export type EndorseDraft = Unsigned<EndorseOp>
export type AdvisoryDraft = Unsigned<AdvisoryOp>

/** What an op says, before anybody signed it. */
export type OpDraft = GenesisDraft | RolesDraft | ReleaseDraft | StatusDraft | EndorseDraft | AdvisoryDraft
