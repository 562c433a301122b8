import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { digestOf, type ErrorCode, GgenError, isGgenError, type OpId, parsePackageName, parseVersion } from '#core'
import type { ControlClient, HealthReply, PrepareQuestion, PrepareReply, ReceiptReply, SaidReply } from '#doors/control'
import { type LedgerLine, memoryMirror, memorySource } from '#foreign'
import { encodePayload, openOp, readUnsigned, sealEnvelope } from '#trust'
import { firstReleasePayload, firstStatusPayload, memoryKeystore } from '#testing'
import { machine, PASSPHRASE, person } from './identity-scene.conformance.ts'
import type { Context } from './context.ts'
import { importIndex, type ImportOptions, type ImportReply } from './import-index.ts'
import { isOfOneVersion } from './import-version.ts'

const INTENT = `bafyrei${'a'.repeat(52)}` as OpId
const HOME = 'https://packs.example/'
const SOURCES = [HOME, 'https://original.example/']
const archives = new Map(['one', 'two', 'three'].map((text) => [digestOf(Buffer.from(text)), Buffer.from(text)] as const))
const [one = '' as never, two = '' as never, three = '' as never] = [...archives.keys()]
const pack = (name: string, digest: string): object => ({ name, version: '1.0.0', digest, download_url: `${name}.tgz` })

interface Scene {
  /** Digests by name. */
  packs: readonly object[]
  readonly lines: LedgerLine[]
  readonly published: string[]
  readonly said: string[]
  readonly asked: string[]
  /** What the node makes of an archive; default: what the index calls it. */
  change: (reply: PrepareReply, question: PrepareQuestion) => PrepareReply
  run(options?: ImportOptions, client?: Partial<ControlClient>): Promise<{ readonly value: ImportReply; readonly failure?: GgenError | undefined }>
}

/** A source, what is remembered of it, and a node that takes every archive for what the index calls it. */
const scene = (): Scene => {
  const here = machine('ada')
  const mirrors = memoryKeystore('mirror', '/keys/mirrors/x/identity.json')
  const drafts = new Map<string, Uint8Array>()
  const made: Scene = {
    packs: [], lines: [], published: [], said: [], asked: [], change: (reply) => reply,
    run: async (options, client = {}) => {
      const source = memorySource(HOME, () => Buffer.from(JSON.stringify({ schema: 'https://ggen.dev/marketplace/catalog/v2', packs: made.packs })), archives)
      const ask = person(PASSPHRASE, PASSPHRASE, PASSPHRASE)
      const base = here.context({ ask })
      const world = {
        ...base.world, openForeign: async () => source, openMirror: async () => memoryMirror(made.lines, drafts),
        openKeystore: async (_: string, mirrored = '') => (SOURCES.includes(mirrored) ? mirrors : assert.fail('the user signs')),
      }
      const node: Partial<ControlClient> = { ...nodeOf(made, drafts), ...client }
      using _deadline = base.deadline
      const outcome = await importIndex(HOME, options)({ ...base, world, client: node as ControlClient } as Context)
      made.asked.push(...ask.questions)
      assert.equal(outcome?.kind, 'imported')
      assert.equal(drafts.size, 0, 'nothing that was on its way stays')
      return outcome.kind === 'imported' ? outcome : assert.fail()
    },
  }
  return made
}

const named = (made: Scene, digest: string): string => (made.packs as { name: string; digest: string }[]).find((one) => one.digest === digest)?.name ?? 'other'

const nodeOf = (made: Scene, drafts: ReadonlyMap<string, Uint8Array>): Partial<ControlClient> => {
  let last: { readonly question: PrepareQuestion; readonly payload: Uint8Array } | undefined
  const receipt = (payload: Uint8Array): ReceiptReply => {
    const op = readUnsigned(payload)
    if (op.type !== 'release') return assert.fail()
    const { name, version, artifact: { digest, sizeBytes } } = op.body
    return { name, version, identity: op.identity, digest, sizeBytes, op: INTENT, holders: 1 }
  }
  const byIntent = new Map<OpId, Uint8Array>()
  return {
    health: async () => ({}) as HealthReply,
    prepare: async (question) => {
      const bytes = drafts.get(question.path) ?? assert.fail('the node reads a draft')
      const name = named(made, digestOf(bytes))
      const release = readUnsigned(firstReleasePayload(question, name, '1.0.0'))
      if (release.type !== 'release') return assert.fail()
      const body = { ...release.body, artifact: { ...release.body.artifact, digest: digestOf(bytes), sizeBytes: bytes.length } }
      const payload = encodePayload({ ...release, body, ...(question.mirror !== undefined && { mirror: question.mirror }) })
      last = { question, payload }
      const intent = `bafyrei${name.padEnd(52, 'a').replace(/[^a-z2-7]/g, 'a')}` as OpId
      byIntent.set(intent, payload)
      return made.change({ state: 'unsigned', intent, payload, name: parsePackageName(name), version: parseVersion('1.0.0') }, question)
    },
    commit: async (intent, signatures) => {
      const payload = byIntent.get(intent) ?? last?.payload ?? assert.fail()
      const op = openOp(sealEnvelope(payload, signatures))
      made.published.push(op.type === 'release' ? `${op.body.name} ${op.mirror?.of}` : assert.fail())
      return receipt(payload)
    },
    prepareStatement: async ({ identity, feed, statement }) => {
      if (statement.type !== 'status') return assert.fail()
      made.said.push(`${statement.name}@${statement.version} ${statement.state} ${statement.why}`)
      return { intent: INTENT, payload: firstStatusPayload({ identity, feed }, statement) }
    },
    commitStatement: async () => ({}) as SaidReply,
  }
}

const labels = ({ value }: { readonly value: ImportReply }): (readonly [string, ErrorCode])[] => value.left.map(({ label, code }) => [label, code])

describe('an import', () => {
  it('publishes what lies there as a mirror that says so, with keys of its own, and asks for one passphrase', async () => {
    const made = scene()
    made.packs = [pack('a', one), pack('b', two), pack('c', three)]
    const { value, failure } = await made.run()
    assert.deepEqual(made.published.toSorted(), ['a', 'b', 'c'].map((name) => `${name} ${HOME}`))
    assert.deepEqual([value.of, value.imported.map(({ name, digest }) => [name, digest]), failure], [HOME, [['a', one], ['b', two], ['c', three]], undefined])
    assert.equal(made.asked.length, 2, 'a new passphrase is typed twice')
    const again = await made.run()
    assert.deepEqual([again.value.known, again.value.imported, made.published.length, made.asked.length], [3, [], 3, 2])
  })

  it('never replaces a version, says so to everybody who has it, and remembers', async () => {
    const made = scene()
    made.packs = [pack('a', one), pack('b', two)]
    await made.run()
    made.packs = [pack('a', three), pack('b', two)]
    const { value, failure } = await made.run()
    assert.deepEqual(value.disputes.map(({ name, first, later, isNew, isHeld }) => [name, first, later, isNew, isHeld]), [['a', one, three, true, true]])
    assert.equal(failure?.kind.exitCode, 7)
    assert.deepEqual(made.said, [`a@1.0.0 deprecated upstream gives other bytes under this version since: ${three}`])
    made.packs = [pack('b', two)]
    const { value: later, failure: still } = await made.run()
    assert.deepEqual([later.disputes.map(({ isNew }) => isNew), still?.code, made.said.length], [[false], 'disputed', 1])
  })

  it('goes on without what is missing or broken, and notices when that changes later', async () => {
    const made = scene()
    const absent = digestOf(Buffer.from('nowhere'))
    made.packs = [pack('a', absent), pack('b', two), pack('../x', one)]
    const first = await made.run()
    assert.deepEqual(labels(first), [['../x', 'name-invalid'], ['a@1.0.0', 'blob-not-found']])
    assert.deepEqual([first.value.imported.length, first.failure?.kind.exitCode], [1, 2])
    made.packs = [pack('a', one), pack('b', two)]
    const { value } = await made.run()
    assert.deepEqual(value.disputes.map(({ name, isHeld }) => [name, isHeld]), [['a', false]])
    assert.deepEqual(made.said, [], 'nobody has it')
  })

  it('signs nothing but the version with the digest that the index names', async () => {
    const made = scene()
    made.packs = [pack('a', one)]
    made.change = (reply, question) => ({ ...reply, payload: firstReleasePayload(question, 'a', '1.0.0') }) as PrepareReply
    await assert.rejects(made.run(), (error) => isGgenError(error, 'op-invalid'))
    made.change = (reply) => ({ ...reply, name: parsePackageName('b') }) as PrepareReply
    assert.deepEqual(labels(await made.run()), [['a@1.0.0', 'manifest-invalid']])
    assert.deepEqual(made.published, [])
  })

  it('takes what this machine published for first, also where it does not remember it', async () => {
    const made = scene()
    made.packs = [pack('a', one)]
    made.change = () => { throw new GgenError('conflict', 'other bytes', { details: { published: two } }) }
    const { value } = await made.run()
    assert.deepEqual(value.disputes.map(({ first, later, isHeld }) => [first, later, isHeld]), [[two, one, true]])
  })

  it('says what it would do, and does nothing', async () => {
    const made = scene()
    made.packs = [pack('a', one), pack('b', two)]
    const { value } = await made.run({ dryRun: true, only: ['b'] }, { health: () => assert.fail('no node is asked') })
    assert.deepEqual([value.imported.map(({ name }) => name), value.dryRun, made.lines], [['b'], true, []])
  })

  it('is of what it was said to be a copy of', async () => {
    const made = scene()
    made.packs = [pack('a', one)]
    await made.run({ of: 'https://original.example/' })
    assert.deepEqual(made.published, ['a https://original.example/'])
  })

  it('ends when it was interrupted or the node is gone, and not for what is wrong with one version', () => {
    const [never, gone] = [new AbortController().signal, AbortSignal.abort()]
    const verdicts = (['integrity', 'timeout', 'daemon-not-running', 'disk-full'] as const).map((code) => isOfOneVersion(new GgenError(code, 'x'), never))
    assert.deepEqual(verdicts, [true, true, false, false])
    assert.deepEqual([isOfOneVersion(new GgenError('timeout', 'x'), gone), isOfOneVersion(new TypeError('x'), never)], [false, false])
  })
})
