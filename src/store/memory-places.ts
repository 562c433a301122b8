import { type IdentityId, isFeedOp, isOpinion, type Op, type PackageName } from '#core'

/** The key of an identity's own chain among its packages: no package has this name. */
export const CHAIN = ''

/** What an identity says of another one is there under that one's id, with this before it: no package has such a name. */
type Opined = `!${IdentityId}`

/** Where the ops of an identity are kept: by package, of its own chain, and by whom they are about. */
export type Place = PackageName | typeof CHAIN | Opined

/** Where an op is kept. */
export const placeOf = (op: Op): Place => (isFeedOp(op) ? op.body.name : isOpinion(op) ? `!${op.body.target}` : CHAIN)

/** Whether it is a package. */
export const isName = (place: Place): place is PackageName => place !== CHAIN && !place.startsWith('!')
