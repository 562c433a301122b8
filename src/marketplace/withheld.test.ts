import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Advice, type IdentityId, type Op, parsePackageName, parseVersion, type ReleaseOp } from '#core'
import { createViews } from '#flow/verify'
import { memoryCatalogue, memoryReceiptStore, memoryTrustStore } from '#store'
import { openOp } from '#trust'
import { Publisher } from '#testing'
import { receiptOf } from './origin.ts'
import { Withheld, type WithheldParts } from './withheld.ts'

const NOTHING: WithheldParts['words'] = { wordsOn: () => ({ endorsedBy: [] }), adviceOn: () => [] }

const scene = (words: WithheldParts['words'] = NOTHING) => {
  const [trust, catalogue, receipts] = [memoryTrustStore(), memoryCatalogue(), memoryReceiptStore()]
  const withheld = new Withheld({ trust, receipts, views: createViews(catalogue), words })
  const [ada, eve] = [new Publisher('ada'), new Publisher('eve')]
  const hear = (...ops: readonly Op[]): void => {
    for (const op of ops) catalogue.putOp(op)
    for (const op of ops) withheld.hear(op)
  }
  hear(openOp(ada.genesis), openOp(eve.genesis))
  const fetched = (release: ReleaseOp): void => receipts.put(receiptOf(release, { sources: [], resumedBytes: 0, wastedBytes: 0, durationMs: 1 }, 1))
  const keep = ({ identity, body: { name, version, artifact, metadata } }: ReleaseOp): void =>
    trust.keep({ identity, name, version, reason: 'pin', digest: artifact.digest, blobs: [metadata.digest], since: 1 })
  return { withheld, hear, fetched, keep, ada, eve }
}

describe('bytes are withheld', () => {
  test('when the publisher withdrew what they were fetched for, until he takes that back', () => {
    const { withheld, hear, fetched, ada } = scene()
    const [first, second] = [ada.release('tool', '1.0.0'), ada.release('tool', '1.1.0')]
    const has = ({ body }: ReleaseOp): boolean => withheld.has(body.artifact.digest)
    hear(first, second)
    assert(!has(first), 'nobody knows what these bytes are here for')
    for (const release of [first, second]) fetched(release)
    for (const [state, isWithheld] of [['yanked', false], ['withdrawn', true], ['live', false], ['deprecated', false]] as const) {
      hear(ada.status('tool', '1.0.0', { state }))
      assert.deepEqual([has(first), has(second)], [isWithheld, false], state)
    }
    hear(ada.status('tool', '*', { state: 'withdrawn' }))
    assert.deepEqual([has(first), has(second)], [true, true])
  })

  test('also when they are kept, with what belongs to them', () => {
    const { withheld, hear, keep, ada } = scene()
    const release = ada.release('tool', '1.0.0')
    hear(release, ada.status('tool', '1.0.0', { state: 'withdrawn' }))
    keep(release)
    assert(withheld.has(release.body.artifact.digest) && withheld.has(release.body.metadata.digest))
  })

  test('never because a stranger withdraws a copy, nor while one of several releases of them stands', () => {
    const { withheld, hear, fetched, keep, ada, eve } = scene()
    const [release, copy] = [ada.release('tool', '1.0.0', { content: 'same' }), eve.release('copy', '1.0.0', { content: 'same' })]
    const { digest } = release.body.artifact
    hear(release, copy, eve.status('copy', '1.0.0', { state: 'withdrawn' }))
    fetched(release)
    assert(!withheld.has(digest))
    keep(copy)
    assert(!withheld.has(digest), 'one is left that stands')
    hear(ada.status('tool', '1.0.0', { state: 'withdrawn' }))
    assert(withheld.has(digest))
  })

  test('when their publisher is blocked, or they are advised against as critical', () => {
    const said: { blocks?: IdentityId; severity?: Advice['severity'] } = {}
    const { withheld, hear, fetched, ada } = scene({
      wordsOn: (identity) => ({ endorsedBy: [], ...(said.blocks === identity && { block: { by: 'you' } }) }),
      adviceOn: (by, _name, version) => (said.severity !== undefined && version === '1.0.0' ? [{ by, range: '*', severity: said.severity, at: 1 }] : []),
    })
    const release = ada.release('tool', '1.0.0')
    hear(release)
    fetched(release)
    const has = (change: typeof said): boolean => {
      Object.assign(said, { blocks: undefined, severity: undefined }, change)
      return withheld.has(release.body.artifact.digest)
    }
    assert.deepEqual([has({}), has({ blocks: ada.identity }), has({ severity: 'high' }), has({ severity: 'critical' })], [false, true, false, true])
    assert(withheld.refuses({ identity: ada.identity, name: parsePackageName('tool'), version: parseVersion('1.0.0') }))
    assert(!withheld.refuses({ identity: ada.identity, name: parsePackageName('tool'), version: parseVersion('1.0.1') }))
  })

  test('no longer when the key that withdrew them is revoked', () => {
    const { withheld, hear, fetched, ada } = scene()
    const release = ada.release('tool', '1.0.0')
    hear(release, ada.status('tool', '1.0.0', { state: 'withdrawn' }))
    fetched(release)
    assert(withheld.has(release.body.artifact.digest))
    hear(ada.revokeAll())
    assert(!withheld.has(release.body.artifact.digest))
  })
})
