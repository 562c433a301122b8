import { LIMITS, type NetworkTuning } from '#core'
import type { GossipsubOpts } from '@libp2p/gossipsub'
import { createHash } from 'node:crypto'
import { scopeOfHost } from './address-scope.ts'
import { GOSSIP } from './settings.ts'
import { Buckets } from './token-bucket.ts'

const MESSAGE_ID_BYTES = 20

/** Addresses that many honest peers share: this machine, and everybody behind one LAN, office or container bridge. */
class SharedHosts extends Set<string> {
  override has(host: string): boolean {
    return scopeOfHost(host) !== 'public'
  }
}

const sha256 = (bytes: Uint8Array | undefined): Buffer => createHash('sha256').update(bytes ?? new Uint8Array(0)).digest()

/**
 * The library leaves invalid messages without any consequence; these weights make a peer that sends them worthless after a few. Delivery rates
 * (P3) stay off: ops are too rare, it would punish honest peers.
 */
const scoreOf = (topic: string): NonNullable<Partial<GossipsubOpts>['scoreParams']> => ({
  IPColocationFactorThreshold: LIMITS.inboundPerHost,
  IPColocationFactorWeight: -10,
  IPColocationFactorWhitelist: new SharedHosts(),
  appSpecificScore: () => 0,
  behaviourPenaltyWeight: -10,
  behaviourPenaltyThreshold: 6,
  behaviourPenaltyDecay: 0.86,
  topics: {
    [topic]: {
      topicWeight: 1,
      timeInMeshWeight: 0.01,
      timeInMeshQuantum: 1000,
      timeInMeshCap: 100,
      firstMessageDeliveriesWeight: 0.5,
      firstMessageDeliveriesDecay: 0.9,
      firstMessageDeliveriesCap: 50,
      meshMessageDeliveriesWeight: 0,
      meshMessageDeliveriesDecay: 0.9,
      meshMessageDeliveriesCap: 50,
      meshMessageDeliveriesThreshold: 1,
      meshMessageDeliveriesWindow: 10,
      meshMessageDeliveriesActivation: 1000,
      meshFailurePenaltyWeight: 0,
      meshFailurePenaltyDecay: 0.9,
      invalidMessageDeliveriesWeight: -20,
      invalidMessageDeliveriesDecay: 0.99,
    },
  },
})

/** The mesh as the operator wants it. The library wants fewer outbound peers than the mesh has at least, and at most half of it. */
const meshOf = (tuning: NetworkTuning): Partial<GossipsubOpts> => {
  const { meshSize: D, meshLow: Dlo, meshHigh: Dhi, heartbeatMs, historyLength, historyGossip } = tuning
  // Messages must stay known until the slowest judge has answered.
  const judged = Math.ceil(LIMITS.askTimeoutMs / heartbeatMs) + GOSSIP.judgedHeartbeats
  return {
    D, Dlo, Dhi,
    Dout: Math.min(2, Dlo - 1, Math.floor(D / 2)),
    Dscore: Math.min(4, D),
    Dlazy: D,
    heartbeatInterval: heartbeatMs,
    mcacheLength: Math.max(historyLength, judged),
    mcacheGossip: historyGossip,
  }
}

/** Ids are hashes of the content: nobody signs at this level, ops are signed inside, and the same op must not travel twice. */
export const gossipOptions = (topic: string, nowMs: () => number, tuning: NetworkTuning): Partial<GossipsubOpts> => {
  const newMessages = new Buckets(GOSSIP.newMessages, 1)
  return {
    globalSignaturePolicy: 'StrictNoSign',
    msgIdFn: (message) => sha256(message.data).subarray(0, MESSAGE_ID_BYTES),
    fastMsgIdFn: (message) => {
      // The only place before the library remembers an id (for two minutes, without a limit): what is thrown here drops the message.
      if ((message.data?.length ?? 0) > LIMITS.gossipBytes || !newMessages.take('', nowMs())) throw new RangeError('too many messages')
      return sha256(message.data).toString('base64')
    },
    allowedTopics: [topic],
    fallbackToFloodsub: false,
    doPX: false,
    floodPublish: true,
    asyncValidation: true,
    awaitRpcHandler: true,
    awaitRpcMessageHandler: true,
    allowPublishToZeroTopicPeers: true,
    ignoreDuplicatePublishError: true,
    ...meshOf(tuning),
    maxInboundStreams: 4,
    maxOutboundStreams: 4,
    maxInboundDataLength: GOSSIP.packetBytes,
    maxOutboundBufferSize: GOSSIP.outboundBufferBytes,
    decodeRpcLimits: {
      maxSubscriptions: 64,
      maxMessages: GOSSIP.messagesPerPacket,
      maxIhaveMessageIDs: GOSSIP.messagesPerPacket,
      maxIwantMessageIDs: GOSSIP.messagesPerPacket,
      maxIdontwantMessageIDs: 256,
      maxControlMessages: 64,
      maxPeerInfos: 0,
    },
    scoreThresholds: { gossipThreshold: -20, publishThreshold: -40, graylistThreshold: -60, acceptPXThreshold: 1000, opportunisticGraftThreshold: 1 },
    scoreParams: scoreOf(topic),
  }
}
