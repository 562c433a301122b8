import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { GgenError, isGgenError } from '#core'
import { Trail } from './inquiry.ts'

const gone = { registry: 'central', error: new GgenError('registry-unreachable', 'nobody listens') }
const alone = { registry: 'p2p', error: new GgenError('no-peers', 'nobody is connected') }
const missing = new GgenError('package-not-found', 'nobody here knows a package named tool')

const trailOf = (causes: Trail['causes'], answered: readonly string[] = []): Trail => {
  const trail = new Trail()
  trail.note({ causes, answered })
  return trail
}

suite('Why there are no more records', () => {
  test('is told as the failure that it is, when nobody answered', () => {
    const error = trailOf([gone, alone]).explain(missing)
    assert.ok(isGgenError(error, 'registry-unreachable'))
    assert.equal((error.details['causes'] as readonly unknown[]).length, 2)
  })

  test('is told besides, when somebody answered that there is none', () => {
    const error = trailOf([gone], ['p2p']).explain(missing)
    assert.ok(isGgenError(error, 'package-not-found'))
    assert.match(error.message, /central: nobody listens/)
  })

  test('is no news for a node that has peers alone, and for what records cannot cure', () => {
    assert.equal(trailOf([alone]).explain(missing), missing)
    assert.equal(trailOf([]).explain(missing), missing)
    for (const other of [new GgenError('denied', 'no'), new Error('a defect')]) assert.equal(trailOf([gone]).explain(other), other)
  })
})
