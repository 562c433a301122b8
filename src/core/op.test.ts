import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isChainOp, isFeedOp, isOpinion, type Op } from './op.ts'

const KINDS: Readonly<Record<Op['type'], string>> = {
  genesis: 'chain', roles: 'chain', release: 'feed', status: 'feed', endorse: 'opinion', advisory: 'opinion',
}

test('every op is of a chain, about a package, or about somebody else, and only one of these', () => {
  for (const [type, kind] of Object.entries(KINDS)) {
    const op = { type: type as Op['type'] }
    assert.deepEqual([isChainOp(op), isFeedOp(op), isOpinion(op)], ['chain', 'feed', 'opinion'].map((one) => one === kind), type)
  }
})
