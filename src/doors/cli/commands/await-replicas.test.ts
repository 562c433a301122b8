import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, type IdentityId, type OpId, parseDigest, parsePackageName, parseVersion, type PeerId } from '#core'
import type { ControlClient, ReceiptReply, ReplicateQuestion, ReplicationReply } from '#doors/control'
import { awaitReplicas } from './await-replicas.ts'
import type { Context } from './context.ts'
import { Deadline } from './deadline.ts'
import type { Outcome } from './outcome.ts'

const ID = `bafyrei${'a'.repeat(52)}` as IdentityId
const RECEIPT: ReceiptReply = {
  name: parsePackageName('@ada/tool'), version: parseVersion('1.0.0'), identity: ID, digest: parseDigest(`sha256:${'0'.repeat(64)}`), sizeBytes: 3,
  op: ID as OpId, holders: 1,
}
const peers = (count: number): PeerId[] => Array.from({ length: count }, (_, n) => `peer${n}` as PeerId)
const held = (count: number, wanted: number): ReplicationReply => ({ wanted, holders: peers(count), promised: [], declined: [] })

const tried = async (replicate: ControlClient['replicate'], replicas: number, seconds = 60): Promise<Outcome> => {
  using deadline = new Deadline(new AbortController().signal, seconds)
  return await awaitReplicas(RECEIPT, replicas, { client: { replicate }, deadline } as unknown as Context)
}

describe('waiting for replicas', () => {
  it('asks for the very release that was published, and gives the node the time that is left', async () => {
    const asked: ReplicateQuestion[] = []
    const outcome = await tried(async (question) => {
      asked.push(question)
      return held(2, 2)
    }, 2)
    assert.deepEqual(outcome, { kind: 'published', value: { ...RECEIPT, holders: 3, replication: held(2, 2) } })
    const [{ waitMs, ...rest }] = asked as [ReplicateQuestion]
    assert.deepEqual(rest, { spec: `@${ID}/@ada/tool@1.0.0`, replicas: 2 })
    assert.ok(waitMs > 50_000 && waitMs <= 60_000, String(waitMs))
  })

  it('gives the node a moment even when the time is nearly over', async () => {
    let waitMs = 0
    await tried(async (question) => {
      waitMs = question.waitMs
      return held(1, 1)
    }, 1, 0.01)
    assert.ok(waitMs >= 1000)
  })

  it('shows the receipt and fails beside it when there are fewer', async () => {
    const outcome = await tried(async () => held(2, 3), 3)
    assert.equal(outcome.kind, 'published')
    const { value, failure } = outcome as Extract<Outcome, { kind: 'published' }>
    assert.equal(value.replication?.holders.length, 2)
    assert.equal(failure?.code, 'replicas-missing')
    assert.equal(failure.kind.exitCode, 4)
    assert.ok(failure.kind.retryable)
    assert.equal(failure.message, 'only 2 of 3 other nodes hold it')
  })

  it('shows the receipt also when the wait itself fails', async () => {
    const broken = new GgenError('cancelled', 'interrupted')
    assert.deepEqual(await tried(() => Promise.reject(broken), 1), { kind: 'published', value: RECEIPT, failure: broken })
    await assert.rejects(tried(() => Promise.reject(new TypeError('a defect')), 1), TypeError)
  })
})
