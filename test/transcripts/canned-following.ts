import { GgenError, type IdentityId, shortIdentity } from '#core'
import type { BlockedName, FollowedIdentity, Following } from '#marketplace'

const SINCE = 1_795_232_949_000

/** Follows and blocks whom it is told to. Only the one publisher is known. */
export const cannedFollowing = (known: IdentityId): Following => {
  let followed: readonly FollowedIdentity[] = []
  let blocked: readonly BlockedName[] = []
  return {
    followed: async () => followed,
    follow: async (identity) => {
      const one = { identity, since: SINCE, ...(identity === known && { knownSince: SINCE }) }
      followed = [...followed.filter((other) => other.identity !== identity), one]
      return one
    },
    unfollow: async (identity) => {
      const one = followed.find((other) => other.identity === identity)
      if (one === undefined) throw new GgenError('not-followed', `you do not follow ${shortIdentity(identity)}`)
      followed = followed.filter((other) => other !== one)
      return one
    },
    blocked: async () => blocked,
    block: async (identity, subject) => {
      const one = { identity, ...subject, since: SINCE }
      blocked = [...blocked, one]
      return one
    },
    unblock: async (identity, name) => {
      const one = blocked.find((other) => other.identity === identity && other.name === name)
      if (one === undefined) throw new GgenError('not-blocked', `you have not blocked ${shortIdentity(identity)}`)
      blocked = blocked.filter((other) => other !== one)
      return one
    },
  }
}
