import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError } from '#core'
import { contentHash, type PackPart } from './content-hash.ts'
import { type CheckedPack, checkPack, packsFailure } from './pack-copies.ts'

const parts: readonly PackPart[] = [{ path: 'ontology.ttl', bytes: Buffer.from('o') }]
const never = new AbortController().signal
const pack = { name: 'a', source: 'path:a', path: 'a', hash: contentHash(parts, 'full') }
const right = { path: '/right', read: async () => parts }
const other = { path: '/other', read: async () => [] }
const broken = { path: '/broken', read: () => Promise.reject(new GgenError('archive-broken', 'it is torn')) }

const check = async (...found: readonly (typeof right | typeof other | typeof broken)[]): Promise<readonly (string | undefined)[]> => {
  const { state, path, rule, why } = await checkPack(pack, { find: async () => found }, never)
  return [state, path, rule, why]
}

describe('a pack of a lock', () => {
  it('is whole when any copy is right, changed when those that can be read are others, and unknown without one', async () => {
    assert.deepEqual(await check(other, broken, right), ['whole', '/right', 'full', undefined])
    assert.deepEqual(await check(broken, other), ['changed', '/other', undefined, undefined])
    assert.deepEqual(await check(broken), ['unknown', '/broken', undefined, 'it is torn'])
    assert.deepEqual(await check(), ['unknown', undefined, undefined, 'it is not here'])
    const { state } = await checkPack({ name: 'a', source: 'x' }, { find: () => assert.fail('there is nothing to compare with') }, never)
    assert.equal(state, 'unknown')
  })

  it('is no reason to go on when nobody waits', async () => {
    await assert.rejects(checkPack(pack, { find: async () => [broken] }, AbortSignal.abort(new Error('gone'))), /gone/)
  })

  it('decides how the command ends', () => {
    const of = (...states: readonly CheckedPack['state'][]): string | undefined =>
      packsFailure(states.map((state) => ({ name: 'a', source: 'x', state })))?.code
    assert.deepEqual([of(), of('whole'), of('whole', 'unknown'), of('unknown', 'changed')], [undefined, undefined, 'path-not-found', 'files-changed'])
  })
})
