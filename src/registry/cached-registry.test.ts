import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { GgenError, isGgenError, parsePackageName, REGISTRY_LIMITS } from '#core'
import { memoryRegistry, TestClock } from '#testing'
import { CachedRegistry } from './cached-registry.ts'
import { registryConformance } from './registry.conformance.ts'
import type { Records, Registry } from './registry.ts'
import { SamplePublisher } from './sample-publication.conformance.ts'

const going = (): AbortSignal => new AbortController().signal
const tool = parsePackageName('tool')
const gone = new GgenError('registry-unreachable', 'nobody listens')

interface Scene {
  readonly clock: TestClock
  readonly cached: CachedRegistry
  /** Names that were really asked for. */
  readonly asked: string[]
  readonly alice: SamplePublisher
  readonly inner: Registry
  /** Comes before every answer. */
  before: (signal: AbortSignal) => Promise<void>
}

const open = (answers?: number): Scene => {
  const clock = new TestClock()
  const { registry: inner } = memoryRegistry(clock)
  const asked: string[] = []
  const scene = { clock, asked, inner, alice: new SamplePublisher('alice'), before: async (_signal: AbortSignal): Promise<void> => undefined }
  const watched = new Proxy<Registry>(inner, {
    get: (_target, key) => {
      if (key !== 'find') return Reflect.get(inner, key) instanceof Function ? Reflect.get(inner, key).bind(inner) : Reflect.get(inner, key)
      return async (...args: Parameters<Registry['find']>): Promise<Records> => {
        asked.push(args[0])
        await scene.before(args[1])
        return inner.find(...args)
      }
    },
  })
  return Object.assign(scene, { cached: new CachedRegistry(watched, { clock, ...(answers !== undefined && { answers }) }) })
}

registryConformance('a registry that remembers', async () => {
  const clock = new TestClock()
  return { registry: new CachedRegistry(memoryRegistry(clock).registry, { clock }) }
})

suite('A registry that remembers', () => {
  test('is not asked again for a while, and then is', async () => {
    const { cached, inner, asked, alice, clock } = open()
    await inner.publish(alice.publish('tool', '1.0.0'), going())
    const first = await cached.find(tool, going())
    assert.equal(first.isRemembered, undefined)
    const second = await cached.find(tool, going())
    assert.deepEqual([second.isRemembered, second.envelopes], [true, first.envelopes])
    await inner.publish(alice.publish('tool', '1.1.0'), going())
    assert.equal((await cached.anew.find(tool, going())).envelopes.length, 3, 'whoever wants it anew gets it')
    assert.deepEqual(asked, ['tool', 'tool'])
    clock.advance(REGISTRY_LIMITS.cacheTtlMs)
    await cached.find(tool, going())
    assert.equal(asked.length, 3)
  })

  test('does not remember that there is nothing', async () => {
    const { cached, inner, alice } = open()
    assert.deepEqual((await cached.find(tool, going())).envelopes, [])
    await inner.publish(alice.publish('tool', '1.0.0'), going())
    assert.equal((await cached.find(tool, going())).envelopes.length, 2)
  })

  test('gives what it has when nobody answers, says so, and not for ever', async () => {
    const scene = open()
    const { cached, inner, alice, clock } = scene
    await inner.publish(alice.publish('tool', '1.0.0'), going())
    await cached.find(tool, going())
    scene.before = async () => {
      throw gone
    }
    clock.advance(REGISTRY_LIMITS.cacheTtlMs)
    const { envelopes, staleBecause } = await cached.find(tool, going())
    assert.deepEqual([envelopes.length, staleBecause], [2, gone])
    clock.advance(REGISTRY_LIMITS.staleMs)
    await assert.rejects(cached.find(tool, going()), (error) => error === gone)
    scene.before = async () => {
      throw new GgenError('denied', 'no')
    }
    await assert.rejects(cached.find(tool, going()), (error) => isGgenError(error, 'denied'), 'a refusal is an answer')
  })

  test('forgets what was used longest ago', async () => {
    const { cached, inner, asked, alice } = open(2)
    const names = ['one', 'two', 'three'].map((name) => parsePackageName(name))
    for (const name of names) await inner.publish(alice.publish(name, '1.0.0'), going())
    const [one, two, three] = names as [typeof tool, typeof tool, typeof tool]
    for (const name of [one, two, one, three, one, two]) await cached.find(name, going())
    assert.deepEqual(asked, ['one', 'two', 'three', 'two'])
  })

  test('makes one question of many, which ends when all have left', async () => {
    const scene = open()
    const { cached, inner, asked, alice } = scene
    await inner.publish(alice.publish('tool', '1.0.0'), going())
    const { promise: held, resolve: go } = Promise.withResolvers<void>()
    const signals: AbortSignal[] = []
    scene.before = async (signal) => {
      signals.push(signal)
      await held
    }
    const [first, second] = [new AbortController(), new AbortController()]
    const questions = [cached.find(tool, first.signal), cached.find(tool, second.signal), cached.find(tool, going())]
    first.abort(new Error('left'))
    await assert.rejects(questions[0] as Promise<Records>, /left/)
    assert.equal(signals[0]?.aborted, false, 'the others still wait')
    go()
    assert.equal((await questions[1])?.envelopes.length, 2)
    assert.equal((await questions[2])?.envelopes.length, 2)
    assert.deepEqual(asked, ['tool'])
    const leaving = new AbortController()
    const left = cached.anew.find(tool, leaving.signal)
    leaving.abort(new Error('left'))
    await assert.rejects(left, /left/)
    assert.equal(signals[1]?.aborted, true)
  })
})
