import assert from 'node:assert/strict'
import test from 'node:test'
import { CID } from 'multiformats/cid'
import { create } from 'multiformats/hashes/digest'
import { digestOf, isOpId, opIdOfHash } from '#core'
import { digestOfLink, linkToBlob, linkToOp, opIdOfLink } from './link.ts'

const hash = new Uint8Array(32).fill(3)
const id = opIdOfHash(hash)

test('op ids and digests go to links and back', () => {
  assert(isOpId(id))
  assert.equal(opIdOfLink(linkToOp(id)), id)
  const digest = digestOf(hash)
  assert.equal(digestOfLink(linkToBlob(digest)), digest)
})

test('a link of another kind is neither', () => {
  const others = [
    CID.createV1(0x70, create(0x12, hash)), CID.createV0(create(0x12, hash)), CID.createV1(0x71, create(0x13, hash)),
    CID.createV1(0x71, create(0x12, hash.subarray(1))), CID.createV1(0x55, create(0x00, hash)), CID.createV1(0x55, create(0x12, new Uint8Array(33))),
  ]
  for (const other of [...others, id, null, undefined, {}, { '/': id, bytes: id }, hash]) {
    assert.equal(opIdOfLink(other), undefined)
    assert.equal(digestOfLink(other), undefined)
  }
  assert.equal(opIdOfLink(linkToBlob(digestOf(hash))), undefined)
  assert.equal(digestOfLink(linkToOp(id)), undefined)
})
