import assert from 'node:assert/strict'
import { it } from 'node:test'
import { isGgenError } from '#core'
import { contentHash, type PackPart } from '#foreign'
import type { Context } from './context.ts'
import { machine } from './identity-scene.conformance.ts'
import type { Outcome } from './outcome.ts'
import { verifyLock } from './verify-lock.ts'

const parts: readonly PackPart[] = [{ path: 'ontology.ttl', bytes: Buffer.from('o') }]
const block = (name: string, source: string, hash: string): string => `[packs.${name}]\nsource = "${source}"\ncontent_hash = "blake3:${hash}"\n`
const LOCK = block('a', 'path:a', contentHash(parts, 'full')) + block('b', 'git:x@1#y', '0'.repeat(64))

const run = async (text: string, packs?: string): Promise<{ readonly outcome: Outcome | undefined; readonly asked: unknown[] }> => {
  const base = machine('ada').context()
  using _deadline = base.deadline
  const asked: unknown[] = []
  const world = {
    ...base.world,
    readFile: async () => Buffer.from(text),
    openPacks: async (places: unknown) => {
      asked.push(places)
      return { find: async ({ name }: { readonly name: string }) => (name === 'a' ? [{ path: '/packs/a', read: async () => parts }] : []) }
    },
    openProject: async (folder: string) => {
      asked.push(folder)
      return { read: async () => ({ lock: [] }) }
    },
  }
  return { outcome: await verifyLock('p/ggen.lock', packs === undefined ? {} : { packs })({ ...base, world } as unknown as Context), asked }
}

it('compares the packs of a lock of the code generator, and says which could not be', async () => {
  const { outcome, asked } = await run(LOCK, 'shelf')
  assert.equal(outcome?.kind, 'lock-verified')
  if (outcome?.kind !== 'lock-verified') return
  assert.deepEqual(outcome.value.packs.map(({ name, state, rule }) => [name, state, rule]), [['a', 'whole', 'full'], ['b', 'unknown', undefined]])
  assert.ok(isGgenError(outcome.failure, 'path-not-found') && outcome.failure.hint.includes('--packs'))
  assert.deepEqual([outcome.value.lock, asked], ['/project/p/ggen.lock', [{ folder: '/project/p', packs: '/project/shelf' }]])
})

it('verifies the project of a lock of ours', async () => {
  const { outcome, asked } = await run('version = 2\n')
  assert.deepEqual([outcome?.kind, asked], ['verified', ['/project/p']])
})
