import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError } from '#core'
import type { NodeAccess } from './node-access.ts'
import { publishPath, type Publishing } from './publish-path.ts'

const { signal } = new AbortController()

/** A node whose commits fail so often because another publish came between, and what it was asked. */
const scene = (expired: number, code: 'publish-expired' | 'disk-full' = 'publish-expired'): Publishing & { readonly asked: string[] } => {
  const asked: string[] = []
  const access = {
    prepare: async ({ path }: { path: string }) => {
      asked.push(path)
      return { state: 'unsigned', intent: 'i', payload: Uint8Array.of(asked.length), name: 'a', version: '1.0.0' }
    },
    commit: async () => {
      if (asked.length <= expired) throw new GgenError(code, 'x')
      return { op: 'o' }
    },
  } as unknown as NodeAccess
  const signer = { identity: 'i', chain: [], publicKey: 'k', sign: async (payload: Uint8Array) => payload } as unknown as Publishing['signer']
  return { access, signer, signal, asked }
}

test('a publish that another one came before is prepared and signed anew', async () => {
  const { asked, ...publishing } = scene(3)
  assert.deepEqual(await publishPath('/p', publishing), { op: 'o' })
  assert.deepEqual(asked, ['/p', '/p', '/p', '/p'])
})

test('it ends after some tries, and any other failure ends it at once', async () => {
  const endless = scene(Infinity)
  await assert.rejects(publishPath('/p', endless), { code: 'publish-expired' })
  assert.equal(endless.asked.length, 20)
  const full = scene(1, 'disk-full')
  await assert.rejects(publishPath('/p', full), { code: 'disk-full' })
  assert.equal(full.asked.length, 1)
})

test('nothing is signed that is not the release that was told of', async () => {
  const { access, signal: soon } = scene(0)
  const refusing = { identity: 'i', chain: [], publicKey: 'k', sign: async (_: Uint8Array, isExpected: (op: unknown) => boolean) => {
    const release = { type: 'release', identity: 'i', feed: 'k', body: { name: 'a', version: '1.0.0' } }
    const bodies = [{ name: 'b', version: '1.0.0' }, { name: 'a', version: '2.0.0' }].map((body) => ({ ...release, body }))
    const others = [{ ...release, type: 'status' }, { ...release, identity: 'x' }, { ...release, feed: 'x' }]
    assert.deepEqual([release, ...others, ...bodies].map(isExpected), [true, false, false, false, false, false])
    return Uint8Array.of(1)
  } } as unknown as Publishing['signer']
  assert.deepEqual(await publishPath('/p', { access, signer: refusing, signal: soon }), { op: 'o' })
})
