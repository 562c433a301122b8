import type { FeedOp, GgenEvent, OpSource } from '#core'

/** What everybody may see of a release or status op that was taken in. */
export const opEvent = (op: FeedOp, source: OpSource): GgenEvent => {
  const { identity, body } = op
  if (op.type === 'release') return { type: 'release-added', name: body.name, version: op.body.version, identity, source }
  const { name, version, state, why } = op.body
  return { type: 'status-changed', name, version, state, ...(why !== undefined && { why }), identity, source }
}
