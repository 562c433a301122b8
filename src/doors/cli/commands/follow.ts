import type { IdentityId } from '#core'
import type { Run } from './context.ts'
import type { Subject } from './speak-of-others.ts'

/** `ggen followed` */
export const listFollowed =
  (): Run =>
  async ({ client, deadline }) => ({ kind: 'followed', value: await client.followed(deadline.signal) })

/** `ggen follow` */
export const follow =
  (identity: IdentityId): Run =>
  async ({ client, deadline }) => ({ kind: 'follows', value: await client.follow(identity, deadline.signal) })

/** `ggen unfollow` */
export const unfollow =
  (identity: IdentityId): Run =>
  async ({ client, deadline }) => ({ kind: 'unfollowed', value: await client.unfollow(identity, deadline.signal) })

/** `ggen trust blocked` */
export const listBlocked =
  (): Run =>
  async ({ client, deadline }) => ({ kind: 'blocked', value: await client.blocked(deadline.signal) })

/** `ggen trust block` */
export const block =
  (subject: Subject, why: string | undefined): Run =>
  async ({ client, deadline }) => ({ kind: 'blocks', value: await client.block({ ...subject, ...(why !== undefined && { why }) }, deadline.signal) })

/** `ggen trust unblock` */
export const unblock =
  (subject: Subject): Run =>
  async ({ client, deadline }) => ({ kind: 'unblocked', value: await client.unblock(subject, deadline.signal) })
