import assert from 'node:assert/strict'
import { suite, test, type TestContext } from 'node:test'
import { digestOf, isGgenError, LIMITS, parsePackageName } from '#core'
import { reopenOp } from '#trust'
import type { Delivery, Publication, Records, Registry, RegistryQuery } from './registry.ts'
import { SamplePublisher } from './sample-publication.conformance.ts'

export interface RegistrySubject {
  readonly registry: Registry
  /** Lets it know of something, however it comes to know things; `publish` where absent. */
  readonly fill?: (publication: Publication) => Promise<unknown>
  /** What becomes of what is published. */
  readonly delivers?: Delivery['state']
}

type Open = (context: TestContext) => Promise<RegistrySubject>

const going = (): AbortSignal => new AbortController().signal
const tool = parsePackageName('tool')
const query = (...words: string[]): RegistryQuery => ({ words, order: 'relevance', limit: 20 })

const namesIn = ({ envelopes }: Records): string[] =>
  envelopes.map((envelope) => reopenOp(envelope)).flatMap((op) => (op.type === 'release' ? [`${op.body.name} ${op.body.version}`] : [])).sort()

const bytesOf = async (chunks: AsyncIterable<Uint8Array>): Promise<string> => Buffer.concat(await Array.fromAsync(chunks)).toString()

const filled = async (open: Open, context: TestContext): Promise<RegistrySubject & { readonly fill: (publication: Publication) => Promise<unknown> }> => {
  const subject = await open(context)
  const fill = subject.fill ?? ((publication: Publication) => subject.registry.publish(publication, going()))
  return { ...subject, fill }
}

/** What everybody who answers for packages must do. `open` gives one that knows of nothing. */
export const registryConformance = (name: string, open: Open): void => {
  suite(`${name} is a registry`, () => {
    findConformance(open)
    searchConformance(open)
    bytesConformance(open)
    publishConformance(open)
    endConformance(open)
  })
}

const findConformance = (open: Open): void => {
  test('all signed records under a name are found, of everybody, each with what it stands on', async (context) => {
    const { registry, fill } = await filled(open, context)
    const [alice, bob] = [new SamplePublisher('alice'), new SamplePublisher('bob')]
    await fill(alice.publish('tool', '1.0.0'))
    await fill(alice.publish('tool', '1.1.0'))
    await fill(alice.publish('other', '3.0.0'))
    await fill(bob.publish('tool', '2.0.0'))
    const records = await registry.find(tool, going())
    assert.deepEqual(namesIn(records), ['tool 1.0.0', 'tool 1.1.0', 'tool 2.0.0'])
    const seen = new Set<string>()
    for (const op of records.envelopes.map((envelope) => reopenOp(envelope))) {
      if (op.type === 'release') assert.ok(seen.has(op.identity), 'parents first')
      seen.add(op.id)
    }
  })

  test('a name that nobody knows is an answer without records', async (context) => {
    const { registry, fill } = await filled(open, context)
    assert.deepEqual((await registry.find(tool, going())).envelopes, [])
    assert.deepEqual(await registry.versions(tool, going()), [])
    await fill(new SamplePublisher('alice').publish('tools', '1.0.0'))
    assert.deepEqual((await registry.find(tool, going())).envelopes, [])
  })

  test('names of every form can be asked for', async (context) => {
    const { registry, fill } = await filled(open, context)
    const alice = new SamplePublisher('alice')
    for (const name of ['io.ggen.tool', '@scope/tool', 'space/tool']) {
      await fill(alice.publish(name, '1.0.0'))
      assert.deepEqual(namesIn(await registry.find(parsePackageName(name), going())), [`${name} 1.0.0`])
    }
  })

  test('versions are what signed records say of them, newest first', async (context) => {
    const { registry, fill } = await filled(open, context)
    const alice = new SamplePublisher('alice')
    const first = alice.publish('tool', '1.2.0')
    await fill(first)
    await fill(alice.publish('tool', '1.10.0'))
    const versions = await registry.versions(tool, going())
    assert.deepEqual(versions.map(({ version, standing }) => [version, standing]), [['1.10.0', 'live'], ['1.2.0', 'live']])
    assert.equal(versions[0]?.identity, alice.publisher.identity)
    assert.deepEqual(first.archive, { digest: versions[1]?.digest, sizeBytes: versions[1]?.sizeBytes })
  })
}

const searchConformance = (open: Open): void => {
  test('words find packages, and those that nothing matches find none', async (context) => {
    const { registry, fill } = await filled(open, context)
    const alice = new SamplePublisher('alice')
    await fill(alice.publish('web-server', '1.0.0'))
    await fill(alice.publish('compiler', '1.0.0'))
    assert.deepEqual(namesIn(await registry.search(query('web'), going())), ['web-server 1.0.0'])
    assert.deepEqual(namesIn(await registry.search({ ...query(), publisher: alice.publisher.identity }, going())), ['compiler 1.0.0', 'web-server 1.0.0'])
    assert.deepEqual((await registry.search(query('zebra'), going())).envelopes, [])
  })
}

const bytesConformance = (open: Open): void => {
  test('bytes come by their digest, whole and in ranges, in chunks of bounded size', async (context) => {
    const { registry, fill } = await filled(open, context)
    const content = 'abcdefgh'.repeat(400_000)
    const publication = new SamplePublisher('alice').publish('tool', '1.0.0', content)
    await fill(publication)
    const { archive } = publication
    const read = (offset: number, length: number): AsyncIterable<Uint8Array> => registry.open(archive, { offset, length }, going())
    const chunks = await Array.fromAsync(read(0, archive.sizeBytes))
    assert.equal(digestOf(Buffer.concat(chunks)), archive.digest)
    assert.ok(chunks.every(({ length }) => length <= LIMITS.blobRangeBytes))
    for (const [offset, length] of [[0, 1], [3, 10], [archive.sizeBytes - 5, 5]] as const) {
      assert.equal(await bytesOf(read(offset, length)), content.slice(offset, offset + length))
    }
  })

  test('bytes that are not held are named as such', async (context) => {
    const { registry } = await open(context)
    const blob = { digest: digestOf(Buffer.from('nothing')), sizeBytes: 7 }
    await assert.rejects(bytesOf(registry.open(blob, { offset: 0, length: 7 }, going())), (error) => isGgenError(error, 'blob-not-found'))
  })
}

const publishConformance = (open: Open): void => {
  test('what is published can be published again, and says what became of it', async (context) => {
    const { registry, delivers = 'stored' } = await open(context)
    const publication = new SamplePublisher('alice').publish('tool', '1.0.0')
    for (const _ of ['once', 'twice']) assert.equal((await registry.publish(publication, going())).state, delivers)
    if (delivers === 'told') return
    assert.deepEqual(namesIn(await registry.find(tool, going())), ['tool 1.0.0'])
    assert.equal(await bytesOf(registry.open(publication.archive, { offset: 0, length: publication.archive.sizeBytes }, going())), 'tool 1.0.0')
  })

  test('a record that is not valid is refused', async (context) => {
    const { registry, delivers } = await open(context)
    if (delivers === 'told') return
    const { envelopes, ...rest } = new SamplePublisher('alice').publish('tool', '1.0.0')
    const forged = envelopes.map((envelope) => envelope.with(-1, (envelope.at(-1) ?? 0) ^ 1))
    await assert.rejects(registry.publish({ ...rest, envelopes: forged }, going()), (error) => isGgenError(error, 'op-invalid'))
  })
}

const endConformance = (open: Open): void => {
  test('it says that it answers', async (context) => {
    const { registry, fill } = await filled(open, context)
    await fill(new SamplePublisher('alice').publish('tool', '1.0.0'))
    const { ops = 2 } = await registry.status(going())
    assert.equal(ops, 2)
  })

  test('an aborted signal ends every question', async (context) => {
    const { registry } = await open(context)
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    const publication = new SamplePublisher('alice').publish('tool', '1.0.0')
    const questions = [
      registry.find(tool, signal), registry.search(query('tool'), signal), registry.versions(tool, signal), registry.status(signal),
      registry.publish(publication, signal), bytesOf(registry.open(publication.archive, { offset: 0, length: 1 }, signal)),
    ]
    for (const result of await Promise.allSettled(questions)) {
      assert.ok(result.status === 'rejected')
      assert.ok(result.reason === reason || isGgenError(result.reason, 'cancelled'), String(result.reason))
    }
  })
}
