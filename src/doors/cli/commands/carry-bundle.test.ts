import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { resolve } from 'node:path'
import type { BundleReply, TakenBundleReply } from '#doors/control'
import { importBundle, makeBundle } from './carry-bundle.ts'
import { runIn, SceneProject } from './project-scene.conformance.ts'

const MADE: BundleReply = { path: '/x', sizeBytes: 1, registries: [], releases: 0, left: [], leftOutCount: 0 }
const TAKEN: TakenBundleReply = { madeAtMs: 1, registries: [], releases: [], left: [], undocumented: [], sizeBytes: 2 }

describe('bundles', () => {
  it('are made by the node of what the lock files say, at a path seen from where the command was typed', async () => {
    const asked: unknown[] = []
    const world = { readFile: async (path: string) => Buffer.from(`lock at ${path}`) }
    const client = { makeBundle: async (question: unknown) => (asked.push(question), MADE) }
    const { outcome } = await runIn(new SceneProject([]), makeBundle(['/a/package-lock.json'], { output: '/tmp/../b' }), { world, client })
    assert.deepEqual(outcome, { kind: 'bundled', value: MADE })
    const path = resolve('/a/package-lock.json')
    assert.deepEqual(asked, [{ lockfiles: [{ path, text: `lock at ${path}` }], path: resolve('/b'), withPrivate: false }])
  })

  it('that have packages for which nothing speaks are taken, and the command fails', async () => {
    const one = { name: 'a', version: '1.0.0', code: 'keys-unknown', why: 'nobody knows the key' } as const
    const other = { name: 'b', version: '1.0.0', code: 'downgrade', why: 'x' } as const
    for (const [some, words] of [[[one], /^a@1\.0\.0 does not count here: nobody knows the key/], [[one, other], /^2 packages do not count here/]] as const) {
      const client = { takeBundle: async () => ({ ...TAKEN, left: some }) }
      const { outcome } = await runIn(new SceneProject([]), importBundle('/x', { trustKeys: false }), { client })
      assert.ok(outcome.kind === 'bundle-taken' && outcome.failure?.code === 'keys-unknown')
      assert.match(outcome.failure.message, words)
    }
  })
})
