import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, isGgenError } from '#core'
import type { ControlClient } from '#doors/control'
import { dropKeptNpm, keepNpm, listKeptNpm } from './keep-npm.ts'
import { runIn, SceneProject } from './project-scene.conformance.ts'

const LOCK = JSON.stringify({ lockfileVersion: 3, packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } } })
const wish = { replicas: 2, waitMs: 1000 }

const COPIES = { wanted: 2, lowest: 2, share: 1, peers: [{ peer: 'p', archives: 2 }, { peer: 'q', archives: 2 }] }

const scene = (more: Partial<ControlClient> = {}) => {
  const asked: unknown[] = []
  const client: Partial<ControlClient> = {
    npmBring: async ({ name }) => ({ sha512: name, digest: name, sizeBytes: 1, from: 'disk' }),
    npmKeep: async ({ lockfile, tarballs, replicas }) => (
      asked.push([lockfile, tarballs.toSorted(), replicas]), { archives: tarballs.length, bytes: 2, missing: [] }
    ),
    npmCopies: async (question) => (asked.push(question), COPIES),
    ...more,
  }
  return { asked, trial: { client, world: { readFile: async () => Buffer.from(LOCK) } } }
}

const run = async (command: ReturnType<typeof keepNpm>, trial: Parameters<typeof runIn>[2]) => (await runIn(new SceneProject([]), command, trial)).outcome

describe('ggen npm keep', () => {
  it('keeps what a lock file needs, here and at others', async () => {
    const { asked, trial } = scene()
    const outcome = await run(keepNpm(['package-lock.json'], wish), trial)
    assert.deepEqual(asked, [['/project/package-lock.json', ['a', 'b'], 2], { lockfile: '/project/package-lock.json', waitMs: 1000 }])
    assert.deepEqual(outcome, {
      kind: 'npm-kept', value: { kept: [{ lockfile: '/project/package-lock.json', archives: 2, bytes: 2, missing: [], copies: COPIES }] },
    })
  })

  it('fails where copies lack, where archives are missing, and where they went before they were kept', async () => {
    const failureOf = async (more: Partial<ControlClient>) => {
      const outcome = await run(keepNpm(['package-lock.json'], wish), scene(more).trial)
      return outcome.kind === 'npm-kept' ? outcome.failure : assert.fail()
    }
    assert.ok(isGgenError(await failureOf({ npmCopies: async () => ({ ...COPIES, lowest: 1, share: 0 }) }), 'replicas-missing'))
    const gone = async () => Promise.reject(new GgenError('no-holder', 'gone'))
    assert.ok(isGgenError(await failureOf({ npmBring: gone }), 'no-holder'))
    const lost = scene({ npmKeep: async () => ({ archives: 1, bytes: 1, missing: ['b'] }) })
    await assert.rejects(run(keepNpm(['package-lock.json'], wish), lost.trial), (error) => isGgenError(error, 'disk-full'))
    await assert.rejects(run(keepNpm([], wish), lost.trial), (error) => isGgenError(error, 'usage'))
  })

  it('shows what is kept, and lets it go without its lock file', async () => {
    const kept = { kept: [{ lockfile: '/project/yarn.lock', archives: 1, bytes: 1, since: 1 }] }
    const { trial } = scene({ npmKept: async () => kept, npmUnkeep: async (lockfile) => ({ dropped: lockfile === '/project/yarn.lock' }) })
    assert.deepEqual(await run(listKeptNpm(), trial), { kind: 'npm-kept-list', value: kept })
    assert.deepEqual(await run(dropKeptNpm(['yarn.lock']), trial), { kind: 'npm-unkept', value: { dropped: ['/project/yarn.lock'] } })
    await assert.rejects(run(dropKeptNpm(['other.lock']), trial), (error) => isGgenError(error, 'not-pinned') && /--list/.test(error.hint))
    await assert.rejects(run(dropKeptNpm([]), trial), (error) => isGgenError(error, 'usage'))
  })
})
