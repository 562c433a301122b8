import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestFromBytes, isGgenError } from '#core'
import type { ControlClient } from '#doors/control'
import { person } from './identity-scene.conformance.ts'
import { checkCache, clearCache, showCache } from './look-after-cache.ts'
import { runIn, SceneProject } from './project-scene.conformance.ts'

const USAGE = { count: 2, bytes: 30, partialBytes: 0, kept: { count: 1, bytes: 10 } }

const nodeThat = (damaged: { isKept: boolean }[] = []): { client: Partial<ControlClient>; cleared: () => number } => {
  let cleared = 0
  const client: Partial<ControlClient> = {
    cache: async () => USAGE,
    clearCache: async () => (cleared++, { count: 1, bytes: 20 }),
    checkCache: async () => ({ count: 2, bytes: 30, damaged: damaged.map((one) => ({ digest: digestFromBytes(new Uint8Array(32)), sizeBytes: 1, ...one })) }),
  }
  return { client, cleared: () => cleared }
}

const run = async (command: Parameters<typeof runIn>[1], trial: Parameters<typeof runIn>[2]) => await runIn(new SceneProject([]), command, trial)

describe('ggen cache', () => {
  it('shows what the node holds', async () => {
    assert.deepEqual((await run(showCache(), nodeThat())).outcome, { kind: 'cache', value: USAGE })
  })

  it('drops nothing unless somebody has agreed', async () => {
    const { client, cleared } = nodeThat()
    await assert.rejects(run(clearCache({}), { client }), (error) => isGgenError(error, 'usage') && /--yes/.test(error.hint))
    await assert.rejects(run(clearCache({}), { client, ask: person('n') }), (error) => isGgenError(error, 'cancelled'))
    assert.equal(cleared(), 0)
    const { outcome, shown } = await run(clearCache({}), { client, ask: person('y') })
    assert.deepEqual([outcome, shown], [{ kind: 'cache-cleared', value: { count: 1, bytes: 20 } }, [{ kind: 'cache', value: USAGE }]])
    await run(clearCache({ yes: true }), { client })
    assert.equal(cleared(), 2)
  })

  it('fails where the disk has damaged something, and says what to do where it should stay', async () => {
    const failureOf = async (...damaged: { isKept: boolean }[]) => {
      const { outcome } = await run(checkCache(), nodeThat(damaged))
      assert(outcome.kind === 'cache-checked')
      return outcome.failure
    }
    assert.equal(await failureOf(), undefined)
    const [plain, dear] = [await failureOf({ isKept: false }), await failureOf({ isKept: false }, { isKept: true })]
    assert(isGgenError(plain, 'blobs-damaged') && plain.kind.exitCode === 5 && /1 of 2/.test(plain.message))
    assert(dear !== undefined && /1 of them should stay here/.test(dear.hint))
  })
})
