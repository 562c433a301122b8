import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { digestOf, GgenError, parsePackageName, REGISTRY_LIMITS, registryIdOf } from '#core'
import { type ForeignSource, type FoundIndex, memoryMirror, memorySource } from '#foreign'
import { realClock, TestClock, until } from '#testing'
import { Breaker } from './breaker.ts'
import { ForeignRegistry } from './foreign-registry.ts'
import type { HttpClient } from './http-client.ts'
import { RecognisedRegistry } from './recognised-registry.ts'
import { isOfOthers, KindOfServer, type ServerKind } from './server-kind.ts'
import { UnsignedRegistry } from './unsigned-registry.ts'
import { Upstream } from './upstream.ts'

const HOME = 'https://packs.example/'
const going = (): AbortSignal => new AbortController().signal
const bytesOf = (name: string): Buffer =>
  Buffer.from(JSON.stringify({ schema: 'https://ggen.dev/marketplace/catalog/v2', packs: [{ name, version: '1.0.0', digest: digestOf(Buffer.from(name)) }] }))
const foundOf = (name: string): FoundIndex => ({ bytes: bytesOf(name), at: new URL('index.json', HOME) })

const registryOf = (change: Partial<ForeignSource>, { clock = new TestClock(), ttlMs = 1000 } = {}): ForeignRegistry => {
  const source = { ...memorySource(HOME, () => bytesOf('tool'), new Map()), ...change }
  return new ForeignRegistry({ source, openMirror: async () => memoryMirror(), clock, isPrivate: false, patientMs: 5000, ttlMs })
}

const namesOf = async (registry: ForeignRegistry, options: Parameters<ForeignRegistry['look']>[0] = {}): Promise<readonly string[]> =>
  (await registry.look(options, going())).index.packages.map(({ name }) => name)

suite('The index of somebody else', () => {
  test('is read once for a while, and anew for whoever wants that', async () => {
    const clock = new TestClock()
    let reads = 0
    await using registry = registryOf({ readIndex: async () => foundOf(`tool-${++reads}`) }, { clock })
    assert.deepEqual([await namesOf(registry), await namesOf(registry)], [['tool-1'], ['tool-1']])
    assert.deepEqual(await namesOf(registry, { isAnew: true }), ['tool-2'])
    clock.advance(1000)
    assert.deepEqual([await namesOf(registry), await namesOf(registry, { isOffline: true })], [['tool-3'], ['tool-3']])
  })

  test('is what it said last while it fails, and left alone by the hurried until it answers again', async () => {
    const clock = new TestClock()
    const state = { fails: false, asked: 0 }
    await using registry = registryOf({
      readIndex: async () => {
        state.asked += 1
        if (state.fails) throw new GgenError('peer-unreachable', 'away')
        return foundOf('tool')
      },
    }, { clock, ttlMs: 0 })
    await namesOf(registry)
    state.fails = true
    const { stale, index } = await registry.look({}, going())
    assert.deepEqual([stale?.because?.code, index.packages.length, registry.isAvoided], ['peer-unreachable', 1, true])
    const { asked } = state
    assert.deepEqual(await namesOf(registry, { isHurried: true }), ['tool'])
    assert.equal(state.asked, asked, 'whoever can ask others does not wait')
    await namesOf(registry)
    assert.equal(state.asked, asked + 1, 'whoever cannot asks all the same')
    state.fails = false
    clock.advance(60_000)
    await until('it is asked again', () => !registry.isAvoided)
  })

  test('keeps nobody waiting for long who can ask others, and is there for the next one', async () => {
    const { promise, resolve } = Promise.withResolvers<FoundIndex>()
    await using registry = registryOf({ readIndex: () => promise }, { clock: new TestClock() })
    const clock = new TestClock()
    await using slow = registryOf({ readIndex: () => promise }, { clock })
    const looking = slow.look({ isHurried: true }, going())
    let isRefused = false
    const refused = assert.rejects(looking, { code: 'timeout' }).then(() => {
      isRefused = true
    })
    await until('it is waited for no longer', () => {
      clock.advance(REGISTRY_LIMITS.headStartMs)
      return isRefused
    })
    await refused
    resolve(foundOf('late'))
    assert.deepEqual([await namesOf(slow), await namesOf(registry)], [['late'], ['late']])
    await assert.rejects(slow.look({ isAnew: true }, AbortSignal.abort(new Error('gone'))), /gone/)
  })

  test('says why it cannot be read where nothing is remembered of it', async () => {
    await using broken = registryOf({ readIndex: async () => ({ bytes: Buffer.from('{'), at: new URL(HOME) }) })
    await assert.rejects(broken.look({}, going()), { code: 'index-invalid' })
    await assert.rejects(broken.look({ isOffline: true }, going()), { code: 'path-not-found' })
    const stale = { ...foundOf('old'), asOf: 7 }
    await using recalled = registryOf({ readIndex: () => Promise.reject(new GgenError('timeout', 'silent')), recall: async () => stale })
    assert.equal((await recalled.look({}, going())).stale?.asOf, 7)
  })
})

suite('Of what kind a server is', () => {
  const find = async (health: () => Promise<object>, before?: ServerKind, readIndex?: ForeignSource['readIndex']): Promise<readonly unknown[]> => {
    await using foreign = registryOf(readIndex === undefined ? {} : { readIndex })
    await using breaker = new Breaker({ clock: new TestClock(), probe: async () => undefined })
    const noted: ServerKind[] = []
    const memory = { read: async () => before, note: async (kind: ServerKind) => void noted.push(kind) }
    const kind = new KindOfServer({ health: async () => await health(), foreign, memory, breaker })
    return [await kind.find(true, going()), noted, kind.isForeign, breaker.refusal?.code]
  }
  const answers = (status: number) => () => Promise.reject(new GgenError('registry-failed', 'x', { details: { status } }))
  const away = () => Promise.reject(new GgenError('registry-unreachable', 'x'))

  test('it says itself, and it is remembered', async () => {
    assert.deepEqual(await find(async () => ({ fingerprint: 'ab' })), ['ours', ['ours'], false, undefined])
    assert.deepEqual(await find(answers(404)), ['foreign', ['foreign'], true, undefined])
    assert.deepEqual(await find(async () => ({})), ['foreign', ['foreign'], true, undefined], 'a server that says something else')
    assert.deepEqual(await find(async () => ({ fingerprint: 'ab' }), 'foreign'), ['ours', ['ours'], false, undefined], 'it may become one of ours')
  })

  test('one of ours stays one, whatever it answers; one in trouble, or away, is what it was', async () => {
    assert.deepEqual(await find(answers(404), 'ours'), ['ours', [], false, undefined])
    assert.deepEqual(await find(answers(503)), [undefined, [], false, 'registry-failed'])
    assert.deepEqual(await find(away, 'foreign'), ['foreign', [], false, 'registry-unreachable'])
    assert.deepEqual(await find(answers(404), undefined, () => Promise.reject(new GgenError('path-not-found', 'no index'))), [undefined, [], false, undefined])
    assert.deepEqual([404, 400, 500].map((status) => isOfOthers(new GgenError('registry-failed', 'x', { details: { status } }))), [true, true, false])
  })
})

suite('A registry that has no signed records', () => {
  const tool = parsePackageName('tool')
  const query = { words: ['tool'], order: 'relevance' as const, limit: 1 }
  const blob = { digest: digestOf(Buffer.from('x')), sizeBytes: 1 }
  const unsigned = new UnsignedRegistry('theirs', false)

  test('says so, takes nothing, and is what an address turns out to be', async () => {
    const chosen: string[] = []
    const recognised = new RecognisedRegistry(unsigned, async () => {
      chosen.push('asked')
      return unsigned
    })
    for (const registry of [unsigned, recognised]) {
      assert.deepEqual([(await registry.find(tool, going())).envelopes, (await registry.search(query, going())).envelopes], [[], []])
      assert.deepEqual([await registry.versions(tool, going()), await registry.status(going())], [[], {}])
      await assert.rejects(Array.fromAsync(registry.open(blob, { offset: 0, length: 1 }, going())), { code: 'blob-not-found' })
      await assert.rejects(registry.publish({ envelopes: [], blobs: [], read: () => assert.fail() }, going()), { code: 'denied' })
    }
    assert.equal(chosen.length, 6)
    await assert.rejects(unsigned.find(tool, AbortSignal.abort(new Error('gone'))), /gone/)
  })

  test('is recognised behind an address, and asked for no records then', async () => {
    await using foreign = registryOf({})
    const asked: string[] = []
    const http: HttpClient = {
      ask: async ({ path }) => {
        asked.push(path)
        return { status: 404, header: () => undefined, body: (async function* () { yield Buffer.from('no such file') })(), cancel: () => undefined }
      },
      [Symbol.dispose]: () => undefined,
    }
    const memory = { read: async () => undefined, note: async () => undefined }
    const upstream = new Upstream({
      id: registryIdOf(new URL(HOME)), name: 'central', http, clock: realClock, isPrivate: false, foreign: { registry: foreign, memory },
    })
    await using _upstream = upstream
    assert.deepEqual((await upstream.source.registry.find(tool, going())).envelopes, [])
    assert.deepEqual([asked, upstream.isForeign, (await upstream.foreign({}, going()))?.name], [['v1/health'], true, HOME])
  })
})
