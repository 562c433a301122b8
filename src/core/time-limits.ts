const second = 1000
const minute = 60 * second

/** How long things may take, wait and last: a part of `LIMITS`, which is where all others look. */
export const TIME_LIMITS = Object.freeze({
  askTimeoutMs: 10 * second,
  firstByteMs: 5 * second,
  /** A refused stream is cut after this time if the other side keeps it open. */
  lingerMs: 5 * second,
  haveTimeoutMs: 1 * second,
  ownHeadTimeoutMs: 3 * second,
  heedTimeoutMs: 3 * second,
  haveDialTimeoutMs: 3 * second,
  peerSearchTimeoutMs: 3 * second,
  rememberedSearchMs: 30 * second,
  providerLookupTimeoutMs: 10 * second,
  stallTimeoutMs: 15 * second,
  syncEveryMs: 60 * second,
  /** Moments at which a node was in step with others are noted so far apart, and so long ago. */
  stepEveryMs: 10 * minute,
  stepsMs: 30 * 24 * 60 * minute,
  /** How long a new version of a known package is left alone. */
  coolDownMs: 24 * 60 * minute,
  syncShortestMs: 1 * second,
  syncLongestMs: 24 * 60 * minute,
  syncSessionMs: 30 * minute,
  syncTellMs: 500,
  /** Between two comparisons with a peer that says it has something, or that is told of something. */
  syncPauseMs: 3 * second,
  snapshotEveryMs: 360 * minute,
  /** How long a newcomer waits for a snapshot that is being made, and between two questions for it. */
  snapshotPatienceMs: 60 * second,
  snapshotAskAgainMs: 250,
  replicaPatienceMs: 30 * second,
  replicaRetryMs: 5 * second,
  replicaHopeMs: 10 * second,
  seedFirstRetryMs: 60 * second,
  seedEveryMs: 10 * minute,
  reconnectFirstMs: 500,
  reconnectMaxMs: 5 * minute,
  /** So long an identity is new to a node. */
  brakeNewcomerMs: 24 * 60 * minute,
  /** Bytes that lie on a disk are hashed again when this time has passed, before they are given to others. */
  blobConfirmedMs: 7 * 24 * 60 * minute,
  /** Of both places of a domain, with all redirects. */
  domainLookupMs: 3 * second,
  /** How long an answer counts: with a record, without one, and when a place could not be asked. */
  domainFoundMs: 24 * 60 * minute,
  domainAbsentMs: 60 * minute,
  domainUnknownMs: 5 * minute,
  /** How long a record that names another identity than before stands before it counts. */
  domainRebindMs: 14 * 24 * 60 * minute,
  /** A name of the catalogue counts as better known than another one when this node has known it for so much longer. */
  lookAlikeAheadMs: 7 * 24 * 60 * minute,
  /** How long the names are used that were made ready for finding look-alikes: all, and those that somebody vouches for. */
  lookAlikesMs: 24 * 60 * minute,
  vouchedNamesMs: 10 * minute,
  /** How long the agent holds a key unless somebody says otherwise, and at most. */
  agentHoldMs: 10 * minute,
  agentLongestMs: 12 * 60 * minute,
  /** Between two looks at the file of the identity: a key that was revoked is gone within this time. */
  agentLookEveryMs: 1 * second,
  /** For a question to arrive at the agent, for a person to answer, and for the agent to say who it is, and to start. */
  agentQuestionMs: 5 * second,
  agentAnswerMs: 2 * minute,
  agentStatusMs: 5 * second,
  agentStartMs: 30 * second,
})
