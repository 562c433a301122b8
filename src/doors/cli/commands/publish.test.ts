import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, GgenError, isGgenError, type OpId, parseDigest, parsePackageName, parseRegistryAddress, parseVersion } from '#core'
import type { ControlClient, HealthReply, PrepareQuestion, PrepareReply, ReceiptReply, SignatureQuestion } from '#doors/control'
import { memoryIdentityFiles } from '#keystore'
import { openOp, sealEnvelope } from '#trust'
import { firstReleasePayload } from '#testing'
import { type Machine, machine, PASSPHRASE, person } from './identity-scene.conformance.ts'
import type { Context } from './context.ts'
import { publish } from './publish.ts'
import { openSigner } from './signer.ts'

const INTENT = `bafyrei${'a'.repeat(52)}` as OpId
const [NAME, VERSION] = [parsePackageName('tool'), parseVersion('1.0.0')]
const receiptOf = ({ identity }: PrepareQuestion): ReceiptReply =>
  ({ name: NAME, version: VERSION, identity, digest: parseDigest(`sha256:${'0'.repeat(64)}`), sizeBytes: 3, op: INTENT, holders: 2 })

interface Node {
  readonly client: Partial<ControlClient>
  readonly asked: PrepareQuestion[]
  readonly signatures: SignatureQuestion[]
}

/** A node that prepares releases of `tool 1.0.0`, or what a test makes of that. */
const node = (change: (reply: PrepareReply, question: PrepareQuestion) => PrepareReply = (reply) => reply, commit?: ControlClient['commit']): Node => {
  const asked: PrepareQuestion[] = []
  const signatures: SignatureQuestion[] = []
  const prepare: ControlClient['prepare'] = async (question) => {
    asked.push(question)
    return change({ state: 'unsigned', intent: INTENT, payload: firstReleasePayload(question, NAME, VERSION), name: NAME, version: VERSION }, question)
  }
  const take: ControlClient['commit'] = async (intent, given, signal) => {
    signatures.push(...given)
    const question = asked.at(-1)
    return await (commit?.(intent, given, signal) ?? receiptOf(question ?? assert.fail('never prepared')))
  }
  return { asked, signatures, client: { health: async () => ({}) as HealthReply, prepare, commit: take } }
}

const published: Parameters<typeof node>[0] = (_, question) => ({ state: 'published', receipt: receiptOf(question) })
const fails = (work: Promise<unknown>, code: ErrorCode): Promise<void> => assert.rejects(work, (error) => isGgenError(error, code), code)

const withIdentity = async (passphrase: string | undefined): Promise<Machine> => {
  const made = machine('ada')
  await made.keystore.create(passphrase === undefined ? { kind: 'none' } : { kind: 'passphrase', passphrase })
  return made
}

describe('publish', () => {
  it('lets the node pack, and signs itself', async () => {
    const { run, keystore } = await withIdentity(undefined)
    const { client, asked, signatures } = node()
    const { outcome, said } = await run(publish('./folder'), { client })
    const held = await keystore.read()
    const [question] = asked
    assert(question !== undefined && signatures[0] !== undefined)
    const { identity, chain } = held.file
    assert.deepEqual(question, { path: '/project/folder', identity, chain, feed: keystore.releaseKey(held) })
    assert.deepEqual([outcome.value, said], [receiptOf(question), ''])
    const payload = firstReleasePayload(question, NAME, VERSION)
    assert.equal(openOp(sealEnvelope(payload, signatures)).type, 'release')
  })

  it('says who alone is told, and fails where that one has it not, with its receipt', async () => {
    const { run } = await withIdentity(undefined)
    const url = parseRegistryAddress('https://registry.example/index.json')
    const error = { code: 'registry-unreachable', message: 'it is down', hint: 'wait' } as const
    for (const [options, tells, target, hint] of [
      [{ p2p: true }, 'p2p', undefined, undefined],
      [{ central: true }, 'central', { target: url, state: 'pending', error }, /p2p status/],
      [{ registry: 'https://registry.example/' }, { url }, { target: url, state: 'refused', error }, /^wait$/],
      [{ registry: 'https://registry.example/' }, { url }, { target: url, state: 'stored' }, undefined],
    ] as const) {
      const targets = target === undefined ? {} : { targets: [target] }
      const { client, asked } = node(undefined, async () => ({ ...receiptOf(asked.at(-1) ?? assert.fail()), ...targets }))
      const { outcome } = await run(publish('.', options), { client })
      assert.deepEqual(asked[0]?.tells, tells)
      assert(outcome.kind === 'published')
      assert.deepEqual(outcome.value.targets, targets.targets)
      assert.equal(outcome.failure?.code, hint === undefined ? undefined : error.code)
      if (hint !== undefined) assert.match(outcome.failure?.hint ?? '', hint)
    }
    const { client, asked } = node()
    await fails(run(publish('.', { registry: './folder' }), { client }), 'usage')
    assert.deepEqual(asked, [])
  })

  it('asks for the passphrase when there is something to sign, and says what', async () => {
    const { run } = await withIdentity(PASSPHRASE)
    const ask = person(PASSPHRASE)
    await run(publish('.'), { client: node(published).client, ask })
    assert.deepEqual(ask.questions, [], 'what is published already needs no signature')
    await run(publish('.'), { client: node().client, ask })
    assert.match(ask.questions.join('\n'), /^passphrase of [a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4} to publish tool 1\.0\.0: $/)
  })

  it('warns once of names that a new one can be taken for, before anybody is asked, and goes on', async () => {
    const { context, keystore } = await withIdentity(PASSPHRASE)
    const lookAlikes = [{ known: parsePackageName('tools'), kind: 'letter', because: 'bound', identity: INTENT as never }] as const
    const seen: unknown[] = []
    const hidden = async (): Promise<string> => (seen.push('asked'), PASSPHRASE)
    const commit: ControlClient['commit'] = async () => {
      if (seen.push('signed') < 4) throw new GgenError('publish-expired', 'too late')
      return receiptOf({ identity: (await keystore.read()).file.identity } as PrepareQuestion)
    }
    const { client } = node((reply) => ({ ...reply, lookAlikes }) as PrepareReply, commit)
    const show: Context['show'] = ({ kind, value }) => void seen.push([kind, value])
    const base = context({ ask: { hidden, visible: hidden } })
    const outcome = await publish('.')({ ...base, client: client as ControlClient, show })
    base.deadline[Symbol.dispose]()
    assert.deepEqual(seen, [['alike', { name: NAME, lookAlikes }], 'asked', 'signed', 'signed'])
    assert.deepEqual(outcome?.kind === 'published' && outcome.value.lookAlikes, lookAlikes)
  })

  it('takes the passphrase from the environment, and fails where it is none', async () => {
    const { run } = await withIdentity(PASSPHRASE)
    const { client, signatures } = node()
    await run(publish('.'), { client, env: { GGEN_PASSPHRASE: PASSPHRASE } })
    await fails(run(publish('.'), { client, env: { GGEN_PASSPHRASE: 'wrong horse' }, ask: person(PASSPHRASE) }), 'passphrase-wrong')
    await fails(run(publish('.'), { client }), 'passphrase-needed')
    await fails(run(publish('.', { passphrase: false }), { client }), 'passphrase-needed')
    assert.equal(signatures.length, 1)
  })

  it('makes whoever publishes for the first time a publisher, and shows all recovery words, once', async () => {
    const { run, keystore } = machine('ada')
    const ask = person('short', 'short', PASSPHRASE, 'correct hors', PASSPHRASE, PASSPHRASE)
    const { said } = await run(publish('.'), { client: node().client, ask })
    assert.match(said, /at least|has 8 to .*try again\nthe two are not the same; try again\nyou are now the publisher /)
    assert.equal(said.split('\n').filter((line) => line.startsWith('    ')).flatMap((line) => line.trim().split(' ')).length, 24)
    assert.equal((await keystore.read()).file.protection.kind, 'passphrase')
    assert.equal((await run(publish('.'), { client: node(published).client })).said, '')
    assert.equal(ask.questions.length, 6, 'what was just made needs no passphrase')
  })

  it('makes no identity where nobody can be asked, unless it is told how to keep it', async () => {
    const { run, keystore } = machine('ada')
    const isNeeded = (error: unknown): boolean => isGgenError(error, 'passphrase-needed') && /GGEN_PASSPHRASE.*--no-passphrase/.test(error.hint)
    await assert.rejects(run(publish('.'), { client: node().client }), isNeeded)
    assert.equal(await keystore.find(), undefined)
    const { said } = await run(publish('.', { passphrase: false }), { client: node().client })
    assert.match(said, /^WARNING: .*NOT encrypted.*ggen id protect$/m)
    assert.equal((await keystore.read()).file.protection.kind, 'none')
    const other = machine('bob')
    await other.run(publish('.'), { client: node().client, env: { GGEN_PASSPHRASE: PASSPHRASE } })
    assert.equal((await other.keystore.read()).file.protection.kind, 'passphrase')
  })

  it('makes no identity when no node is running', async () => {
    const { run, keystore } = machine('ada')
    const client = { health: () => Promise.reject(new GgenError('daemon-not-running', 'none')) }
    await fails(run(publish('.', { passphrase: false }), { client }), 'daemon-not-running')
    assert.equal(await keystore.find(), undefined)
  })

  it('goes on with the identity that another command made meanwhile', async () => {
    const { keystore, context } = machine('ada')
    const slow = { ...context(), world: { ...context().world, openKeystore: async () => late } }
    const late = Object.assign(Object.create(keystore) as typeof keystore, {
      find: async () => (await keystore.create({ kind: 'none' }), undefined),
      create: () => Promise.reject(new GgenError('conflict', memoryIdentityFiles().path)),
      read: () => keystore.read(), releaseKey: keystore.releaseKey.bind(keystore),
    })
    assert.equal((await openSigner({ passphrase: false }, slow)).identity, (await keystore.read()).file.identity)
  })

  it('signs nothing but the release that people are told of', async () => {
    const { run } = await withIdentity(undefined)
    const changes: Parameters<typeof node>[0][] = [
      (reply, question) => ({ ...reply, payload: firstReleasePayload(question, 'other', VERSION) }) as PrepareReply,
      (reply, question) => ({ ...reply, payload: firstReleasePayload(question, NAME, '2.0.0') }) as PrepareReply,
      (reply, question) => ({ ...reply, payload: firstReleasePayload({ ...question, identity: INTENT as never }, NAME, VERSION) }) as PrepareReply,
      (reply) => ({ ...reply, payload: Buffer.from('not a payload') }) as PrepareReply,
    ]
    for (const change of changes) {
      const { client, signatures } = node(change)
      await fails(run(publish('.'), { client }), 'op-invalid')
      assert.deepEqual(signatures, [])
    }
  })

  it('tries again when another publish came between, but not for ever, and asks for the passphrase once', async () => {
    const { run } = await withIdentity(PASSPHRASE)
    let commits = 0
    const expire: ControlClient['commit'] = async () => {
      commits += 1
      if (commits === 3) return receiptOf({ identity: INTENT } as never)
      throw new GgenError('publish-expired', 'too late')
    }
    await run(publish('.'), { client: node(undefined, expire).client, ask: person(PASSPHRASE) })
    assert.equal(commits, 3)
    await fails(run(publish('.'), { client: node(undefined, expire).client, ask: person(PASSPHRASE) }), 'publish-expired')
    assert.equal(commits, 3 + 20)
    const conflict = (): never => { throw new GgenError('conflict', 'other bytes') }
    await fails(run(publish('.'), { client: node(conflict).client }), 'conflict')
  })

  it('says that the node goes on when the wait ends after the signature was sent', async () => {
    const { run } = await withIdentity(undefined)
    const { client } = node(undefined, () => Promise.reject(new GgenError('timeout', 'nothing within 1 s')))
    await assert.rejects(run(publish('.'), { client }), (error) => isGgenError(error, 'timeout') && error.hint.includes('ggen info tool'))
  })
})
