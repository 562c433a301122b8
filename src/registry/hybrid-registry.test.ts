import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { GgenError, isGgenError, parsePackageName } from '#core'
import { memoryRegistry, TestClock } from '#testing'
import { CachedRegistry } from './cached-registry.ts'
import { HybridRegistry, type HybridSource } from './hybrid-registry.ts'
import type { LocalRegistry } from './local-registry.ts'
import { registryConformance } from './registry.conformance.ts'
import type { Registry } from './registry.ts'
import { SamplePublisher } from './sample-publication.conformance.ts'

const going = (): AbortSignal => new AbortController().signal
const tool = parsePackageName('tool')
const clock = new TestClock()
const named = (name: string): LocalRegistry => memoryRegistry(clock, name).registry
const gone = new GgenError('registry-unreachable', 'nobody listens')

interface Behaviour {
  readonly isPrivate?: boolean
  readonly fails?: GgenError
  readonly as?: string
}

/** Writes down what it is asked, and fails instead when it has to. */
const logged = (inner: LocalRegistry, log: string[], more: Behaviour = {}): Registry => ({
  name: inner.name,
  isPrivate: more.isPrivate ?? true,
  search: async (query, signal) => {
    log.push(`${more.as ?? inner.name} search ${query.words.join(' ')}`)
    if (more.fails !== undefined) throw more.fails
    return inner.search(query, signal)
  },
  find: async (name, signal) => {
    log.push(`${more.as ?? inner.name} find ${name}`)
    if (more.fails !== undefined) throw more.fails
    return inner.find(name, signal)
  },
  versions: (name, signal) => inner.versions(name, signal),
  async *open(blob, range, signal) {
    log.push(`${more.as ?? inner.name} open ${range.offset}+${range.length}`)
    if (more.fails === undefined) yield* inner.open(blob, range, signal)
    else {
      if (range.length > 2) yield* inner.open(blob, { offset: range.offset, length: 2 }, signal)
      throw more.fails
    }
  },
  publish: async (publication, signal) => {
    if (more.fails !== undefined) throw more.fails
    return inner.publish(publication, signal)
  },
  status: async (signal) => {
    if (more.fails !== undefined) throw more.fails
    return inner.status(signal)
  },
})

const listOf = (sources: readonly HybridSource[], isPrivateName = (_name: string): boolean => false): HybridRegistry =>
  new HybridRegistry({ sources, clock, isPrivateName })

registryConformance('a list', async () => ({ registry: listOf([{ registry: named('first') }, { registry: named('second') }]) }))
registryConformance('a list whose first one is gone', async () => {
  const first = logged(named('first'), [], { fails: gone })
  return { registry: listOf([{ registry: first }, { registry: named('second') }]) }
})

suite('A list of registries', () => {
  test('is asked in its order, the next one only where the answer is not enough', async () => {
    const [first, second, log] = [named('first'), named('second'), [] as string[]]
    const list = listOf([{ registry: logged(first, log) }, { registry: logged(second, log) }])
    const alice = new SamplePublisher('alice')
    await second.publish(alice.publish('tool', '1.0.0'), going())
    assert.equal((await list.find(tool, going())).envelopes.length, 2)
    assert.deepEqual(log.splice(0), ['first find tool', 'second find tool'])
    await first.publish(new SamplePublisher('bob').publish('tool', '2.0.0'), going())
    await list.find(tool, going())
    assert.deepEqual(log.splice(0), ['first find tool'])
    const heard: string[] = []
    const { answered } = await list.consult(tool, async (_records, { name }) => heard.push(name) === 2, going())
    assert.deepEqual([heard, answered], [['first', 'second'], ['first', 'second']])
  })

  test('waits long only for the last one that can be asked, where nobody before it answered', async () => {
    const log: string[] = []
    const source = (name: string, more: Behaviour = {}): HybridSource =>
      ({ registry: logged(named(name), log, { ...more, as: `${name} patiently` }), hurried: logged(named(name), log, { ...more, as: `${name} in a hurry` }) })
    await listOf([source('first', { fails: gone }), source('second')]).find(tool, going())
    assert.deepEqual(log.splice(0), ['first in a hurry find tool', 'second patiently find tool'])
    await listOf([source('first'), source('second')]).find(tool, going())
    assert.deepEqual(log.splice(0), ['first in a hurry find tool', 'second in a hurry find tool'])
    await listOf([source('only')]).find(tool, going())
    assert.deepEqual(log, ['only patiently find tool'])
  })

  test('forgets no cause when nobody answers, and needs one answer for there to be nothing', async () => {
    const late = new GgenError('timeout', 'nothing came')
    const [first, second] = [logged(named('first'), [], { fails: gone }), logged(named('second'), [], { fails: late })]
    const list = listOf([{ registry: first }, { registry: second }])
    for (const question of [list.find(tool, going()), list.search({ words: ['tool'], order: 'relevance', limit: 5 }, going()), list.status(going())]) {
      await assert.rejects(question, (error) => {
        assert.ok(isGgenError(error, 'registry-unreachable'))
        assert.deepEqual(error.details['causes'], [
          { registry: 'first', code: 'registry-unreachable', message: 'nobody listens' },
          { registry: 'second', code: 'timeout', message: 'nothing came' },
        ])
        assert.match(error.message, /first: nobody listens; second: nothing came/)
        return true
      })
    }
    assert.deepEqual((await listOf([{ registry: first }, { registry: named('third') }]).find(tool, going())).envelopes, [])
  })

  test('passes on at once what is no fault of a registry', async () => {
    const log: string[] = []
    const refusing = logged(named('first'), log, { fails: new GgenError('disk-full', 'no room') })
    const list = listOf([{ registry: refusing }, { registry: logged(named('second'), log) }])
    await assert.rejects(list.find(tool, going()), (error) => isGgenError(error, 'disk-full'))
    assert.deepEqual(log, ['first find tool'])
  })

  test('goes on with bytes where one broke off', async () => {
    const [first, second, log] = [named('first'), named('second'), [] as string[]]
    const publication = new SamplePublisher('alice').publish('tool', '1.0.0')
    for (const registry of [first, second]) await registry.publish(publication, going())
    const list = listOf([{ registry: logged(first, log, { fails: gone }) }, { registry: logged(second, log) }])
    const { sizeBytes } = publication.archive
    const bytes = Buffer.concat(await Array.fromAsync(list.open(publication.archive, { offset: 0, length: sizeBytes }, going())))
    assert.equal(bytes.toString(), 'tool 1.0.0')
    assert.deepEqual(log, ['first open 0+10', 'second open 2+8'])
  })

  test('never lets a public one hear of a private name, in whatever question', async () => {
    const log: string[] = []
    const list = listOf(
      [{ registry: logged(named('public'), log, { isPrivate: false }) }, { registry: logged(named('private'), log) }],
      (name) => name.startsWith('@acme/'),
    )
    await list.find(parsePackageName('@acme/tool'), going())
    await list.search({ words: ['@acme/tool'], order: 'relevance', limit: 5 }, going())
    await list.versions(parsePackageName('@acme/tool'), going())
    assert.deepEqual([...new Set(log.splice(0).map((line) => line.split(' ')[0]))], ['private'])
    await list.find(tool, going())
    assert.deepEqual(log, ['public find tool', 'private find tool'])
  })

  test('asks anew where what is remembered is not enough', async () => {
    const first = named('first')
    const alice = new SamplePublisher('alice')
    await first.publish(alice.publish('tool', '1.0.0'), going())
    const list = listOf([{ registry: new CachedRegistry(first, { clock }) }])
    await list.find(tool, going())
    await first.publish(alice.publish('tool', '1.1.0'), going())
    const counts: number[] = []
    await list.consult(tool, async ({ envelopes }) => {
      counts.push(envelopes.length)
      return envelopes.length === 3
    }, going())
    assert.deepEqual(counts, [2, 3])
  })

  test('keeps what is published with all of them, and fails only when none does', async () => {
    const [first, second] = [named('first'), named('second')]
    const publication = new SamplePublisher('alice').publish('tool', '1.0.0')
    await listOf([{ registry: logged(first, [], { fails: gone }) }, { registry: second }]).publish(publication, going())
    assert.equal((await second.find(tool, going())).envelopes.length, 2)
    const alone = listOf([{ registry: logged(first, [], { fails: gone }) }])
    await assert.rejects(alone.publish(publication, going()), (error) => isGgenError(error, 'registry-unreachable'))
  })
})
