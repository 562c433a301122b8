import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import type { TakenBundleReply } from '#doors/control'
import type { Run } from './commands/context.ts'
import { runIn, SceneProject } from './commands/project-scene.conformance.ts'
import { importCommand } from './import-command.ts'

const TAKEN: TakenBundleReply = { madeAtMs: 1, registries: [], releases: [], left: [], undocumented: [], sizeBytes: 2 }

const chosen = (...args: readonly string[]): Run => {
  let run: Run | undefined
  importCommand((_command, one) => (run = one)).exitOverride().parse(args, { from: 'user' })
  return run ?? assert.fail('nothing was chosen')
}

const run = async (isBundle: boolean, ...args: readonly string[]) => {
  const asked: unknown[] = []
  const world = { isBundle: async () => isBundle, openForeign: () => Promise.reject(new Error('the index was asked')) }
  const { outcome } = await runIn(new SceneProject([]), chosen(...args), { world, client: { takeBundle: async (question) => (asked.push(question), TAKEN) } })
  return { outcome, asked }
}

describe('ggen import', () => {
  it('takes one source', () => {
    const command = importCommand(() => undefined)
    assert.equal(command.name(), 'import')
    assert.throws(() => command.exitOverride().configureOutput({ writeErr: () => undefined }).parse([], { from: 'user' }), /missing required argument 'source'/)
  })

  it('takes in a file that is a bundle, and asks the index of everything else', async () => {
    const { outcome, asked } = await run(true, 'x.ggen-bundle', '--trust-keys')
    assert.deepEqual(outcome, { kind: 'bundle-taken', value: TAKEN })
    assert.match(JSON.stringify(asked), /x\.ggen-bundle","trustKeys":true/)
    await assert.rejects(run(false, 'https://packs.example/index.json'), /the index was asked/)
  })

  it('refuses options that say something of the other kind', async () => {
    for (const more of [['--only', 'a'], ['--of', 'x'], ['--dry-run'], ['--keyring'], ['--no-passphrase']]) {
      await assert.rejects(run(true, 'x', ...more), (error) => isGgenError(error, 'usage'), more.join(' '))
    }
    await assert.rejects(run(false, 'x', '--trust-keys'), (error) => isGgenError(error, 'usage'))
  })
})
