import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { isGgenError, LIMITS } from '#core'
import { firstReleasePayload, Publisher } from '#testing'
import { encodeCbor } from './encode-cbor.ts'
import { decodeCanonical } from './decode-cbor.ts'
import { encodePayload } from './encode-payload.ts'
import { mirrorExtension, readMirror } from './mirror.ts'
import { readPayload } from './read-payload.ts'

const OF = 'https://packs.example/market/'

describe('a release that is a copy', () => {
  it('says of what, in the record that is signed', () => {
    const draft = readPayload(firstReleasePayload(new Publisher('mirror'), 'tool', '1.0.0'))
    assert.ok(draft.type === 'release' && draft.mirror === undefined)
    const read = readPayload(encodePayload({ ...draft, mirror: { of: OF } }))
    assert.deepEqual(read, { ...draft, mirror: { of: OF } })
    assert.notDeepEqual(encodePayload(draft), encodePayload({ ...draft, mirror: { of: OF } }))
  })

  it('is not made of what nobody would read', () => {
    for (const text of ['', 'a\nb', 'x'.repeat(LIMITS.referenceChars + 1)]) {
      assert.throws(() => mirrorExtension({ of: text }), (error) => isGgenError(error, 'op-invalid'), text.slice(0, 9))
    }
    assert.deepEqual(mirrorExtension(undefined), {})
  })

  it('is a release like any other to whoever does not understand what it says', () => {
    const payload = decodeCanonical(firstReleasePayload(new Publisher('mirror'), 'tool', '1.0.0')) as Record<string, unknown>
    for (const mirror of [3, 'x', { of: 3 }, { of: '' }, { to: OF }, [OF]]) {
      const read = readPayload(encodeCbor({ ...payload, x: { mirror } }))
      assert.ok(read.type === 'release' && read.mirror === undefined)
    }
  })

  it('reads anything as text of its bounds or as nothing', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      const of = readMirror({ mirror: value })?.of ?? readMirror(value)?.of
      assert.ok(of === undefined || (of.length > 0 && [...of].length <= LIMITS.referenceChars))
    }))
  })
})
