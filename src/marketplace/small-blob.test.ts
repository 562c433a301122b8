import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { digestOf, GgenError, type PeerId } from '#core'
import { memoryBlobStore } from '#store'
import { TestClock } from '#testing'
import { bringSmall, heldBytes, type SmallBlobParts } from './small-blob.ts'

const never = new AbortController().signal
const BYTES = Buffer.from('{"dependencies":[]}')
const BLOB = { digest: digestOf(BYTES), sizeBytes: BYTES.length }
const ARCHIVE = { digest: digestOf(Buffer.from('an archive')), sizeBytes: 10 }

type Giver = () => Promise<Uint8Array>

/** Peers by what they give; the first holds the document, as far as it says, the others the archive. */
const scene = (...givers: readonly Giver[]) => {
  const told: string[] = []
  const parts: SmallBlobParts = {
    blobs: memoryBlobStore(),
    clock: new TestClock(),
    find: async function* ({ digest }) {
      yield* (digest === BLOB.digest ? ['0'] : givers.map((_giver, index) => String(index))).map((peer) => ({ peer: peer as PeerId }))
    },
    sourceAmong: () => ({
      async *read({ peer }) {
        yield await (givers[Number(peer)] ?? (() => Promise.reject(new Error('nobody'))))()
      },
    }),
    forget: (_digest, peer) => told.push(`forgot ${peer}`),
    ban: (peer) => told.push(`banned ${peer}`),
  }
  return { parts, told, bring: (signal = never) => bringSmall(parts, BLOB, { archive: ARCHIVE, signal }) }
}

const right: Giver = async () => BYTES
const wrong: Giver = async () => Buffer.from('{"dependencies":[1]')
const gone: Giver = () => Promise.reject(new GgenError('blob-not-found', 'not here'))

describe('a small blob', () => {
  test('comes from whoever holds it, and stays', async () => {
    const { parts, bring } = scene(right)
    assert.deepEqual(Buffer.from(await bring()), BYTES)
    assert.deepEqual(Buffer.from((await heldBytes(parts.blobs, BLOB)) ?? []), BYTES)
    const sourceAmong = () => ({ read: () => assert.fail('somebody was asked') })
    const again = await bringSmall({ ...parts, sourceAmong }, BLOB, { archive: ARCHIVE, signal: never })
    assert.deepEqual(Buffer.from(again), BYTES)
  })

  test('comes from holders of its archive where others have it not, and whoever lies is banned', async () => {
    const { bring, told } = scene(gone, wrong, right)
    assert.deepEqual(await bring(), BYTES)
    assert.deepEqual(told, ['forgot 0', 'banned 1'])
  })

  test('that nobody gives is an error that keeps every cause', async () => {
    const { bring } = scene(gone, wrong)
    await assert.rejects(bring(), (error) => {
      assert(error instanceof GgenError && error.code === 'no-holder')
      assert.deepEqual((error.details['causes'] as { code: string }[]).map(({ code }) => code), ['blob-not-found', 'integrity'])
      return true
    })
  })

  test('is no reason to hide a defect, and ends with the signal', async () => {
    await assert.rejects(scene(() => Promise.reject(new RangeError('a defect'))).bring(), RangeError)
    const over = new AbortController()
    const ending: Giver = () => {
      over.abort(new GgenError('cancelled', 'enough'))
      return Promise.reject(new GgenError('peer-unreachable', 'gone'))
    }
    await assert.rejects(scene(ending, right).bring(over.signal), { code: 'cancelled' })
  })
})
