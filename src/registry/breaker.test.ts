import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { GgenError, isGgenError, parsePackageName, REGISTRY_LIMITS } from '#core'
import { memoryRegistry, TestClock } from '#testing'
import { Breaker } from './breaker.ts'
import { GuardedRegistry } from './guarded-registry.ts'
import { registryConformance } from './registry.conformance.ts'
import type { Registry } from './registry.ts'

const going = (): AbortSignal => new AbortController().signal
const tool = parsePackageName('tool')
const settled = (): Promise<void> => new Promise(setImmediate)
const gone = new GgenError('registry-unreachable', 'nobody listens')

interface Scene {
  readonly clock: TestClock
  readonly breaker: Breaker
  readonly guarded: GuardedRegistry
  readonly insisting: GuardedRegistry
  /** How often it was really asked, and probed. */
  readonly counts: { asked: number; probed: number }
  /** What it fails with from now on. */
  fails: Error | undefined
}

const open = (context: TestContext): Scene => {
  const clock = new TestClock()
  const counts = { asked: 0, probed: 0 }
  const scene = { clock, counts, fails: undefined as Error | undefined }
  const memory = memoryRegistry(clock).registry
  const failing = new Proxy<Registry>(memory, {
    get: (_target, key) => {
      if (key !== 'find') return Reflect.get(memory, key)
      return async (...args: Parameters<Registry['find']>) => {
        counts.asked += 1
        if (scene.fails !== undefined) throw scene.fails
        return memory.find(...args)
      }
    },
  })
  const probe = async (): Promise<void> => {
    counts.probed += 1
    if (scene.fails !== undefined) throw scene.fails
  }
  const breaker = new Breaker({ clock, probe })
  context.after(() => breaker[Symbol.asyncDispose]())
  return Object.assign(scene, { breaker, guarded: new GuardedRegistry(failing, breaker), insisting: new GuardedRegistry(failing, breaker, { insists: true }) })
}

registryConformance('a registry behind a breaker', async (context) => {
  const { clock } = open(context)
  const breaker = new Breaker({ clock, probe: async () => undefined })
  context.after(() => breaker[Symbol.asyncDispose]())
  return { registry: new GuardedRegistry(memoryRegistry(clock).registry, breaker) }
})

suite('A breaker', () => {
  test('lets nobody pay twice for a registry that is gone, and lets them in when a probe was answered', async (context) => {
    const scene = open(context)
    scene.fails = gone
    for (let round = 0; round < 5; round++) await assert.rejects(scene.guarded.find(tool, going()), (error) => error === gone)
    assert.deepEqual(scene.counts, { asked: 1, probed: 0 })
    scene.clock.advance(REGISTRY_LIMITS.probeFirstMs)
    await settled()
    assert.equal(scene.counts.probed, 1)
    await assert.rejects(scene.guarded.find(tool, going()))
    scene.fails = undefined
    scene.clock.advance(REGISTRY_LIMITS.probeFirstMs)
    await settled()
    assert.equal(scene.counts.probed, 1, 'later each time')
    scene.clock.advance(REGISTRY_LIMITS.probeFirstMs)
    await settled()
    await scene.guarded.find(tool, going())
    assert.deepEqual(scene.counts, { asked: 2, probed: 2 })
  })

  test('does not hold up who can ask nobody else, and closes when that one is answered', async (context) => {
    const scene = open(context)
    scene.fails = gone
    await assert.rejects(scene.guarded.find(tool, going()))
    await assert.rejects(scene.insisting.find(tool, going()), (error) => error === gone)
    scene.fails = undefined
    await scene.insisting.find(tool, going())
    await scene.guarded.find(tool, going())
    assert.equal(scene.counts.asked, 4)
  })

  test('is probed on when somebody who insists fails while a probe is under way', async (context) => {
    const clock = new TestClock()
    const probes: PromiseWithResolvers<void>[] = []
    const breaker = new Breaker({ clock, probe: () => (probes[probes.push(Promise.withResolvers<void>()) - 1] ?? assert.fail()).promise })
    context.after(() => breaker[Symbol.asyncDispose]())
    breaker.failed(gone)
    clock.advance(REGISTRY_LIMITS.probeFirstMs)
    await settled()
    breaker.failed(gone)
    probes[0]?.reject(gone)
    await settled()
    clock.advance(2 * REGISTRY_LIMITS.probeFirstMs)
    await settled()
    assert.equal(probes.length, 2)
    probes[1]?.resolve()
    await settled()
    assert.equal(breaker.refusal, undefined)
  })

  test('is probed at once when it is late, and refuses nobody until that has failed', async (context) => {
    const scene = open(context)
    scene.breaker.late()
    await scene.guarded.find(tool, going())
    assert.equal(scene.breaker.isDoubted, false, 'it answered')
    await settled()
    scene.fails = gone
    scene.counts.probed = 0
    scene.breaker.late()
    assert.deepEqual([scene.breaker.isDoubted, scene.breaker.refusal], [true, undefined])
    await settled()
    assert.deepEqual([scene.breaker.isDoubted, scene.breaker.refusal, scene.counts.probed], [false, gone, 1])
  })

  test('stays closed for what is an answer', async (context) => {
    const scene = open(context)
    for (const code of ['package-not-found', 'denied', 'too-busy'] as const) {
      scene.fails = new GgenError(code, code)
      await assert.rejects(scene.guarded.find(tool, going()), (error) => isGgenError(error, code))
      assert.equal(scene.breaker.refusal, undefined, code)
    }
  })

  test('learns nothing from who leaves', async (context) => {
    const scene = open(context)
    scene.fails = gone
    await assert.rejects(scene.guarded.find(tool, going()))
    const left = new Error('left')
    scene.fails = left
    await assert.rejects(scene.insisting.find(tool, AbortSignal.abort(left)), (error) => error === left)
    assert.equal(scene.breaker.refusal, gone)
  })
})
