import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { type ErrorCode, GgenError, isGgenError, LIMITS, parsePackageName, parseVersion } from '#core'
import type { HandOver } from '#doors/agent'
import { firstReleasePayload, firstStatusPayload, until } from '#testing'
import { createIdentity } from './create-identity.ts'
import { findAgent } from './find-agent.ts'
import { beAgent, holdKey } from './hold-key.ts'
import { AGENT_PID, type How, type Machine, machine, PASSPHRASE, person } from './identity-scene.conformance.ts'
import { endAgent, lockAgent } from './lock-agent.ts'
import type { Outcome } from './outcome.ts'
import { protectIdentity } from './protect-identity.ts'
import { showIdentity } from './show-identity.ts'
import { type Prepared, requireSigner } from './signer.ts'
import { unlockKey } from './unlock-key.ts'

const env = { GGEN_PASSPHRASE: PASSPHRASE }
const TEN_MINUTES = { forMs: LIMITS.agentHoldMs, asks: false }
const [NAME, VERSION] = [parsePackageName('tool'), parseVersion('1.2.0')]

const fails = (work: Promise<unknown>, code: ErrorCode): Promise<void> => assert.rejects(work, (error) => isGgenError(error, code), code)

const withIdentity = async (): Promise<Machine> => {
  const made = machine('ada')
  await made.run(createIdentity({ label: 'laptop' }), { env })
  return made
}

const unlockedIn = async (one: Machine): Promise<unknown> => {
  const { outcome } = await one.run(showIdentity())
  return outcome.kind === 'identity' ? outcome.value.unlocked : assert.fail(outcome.kind)
}

/** A release to sign, and what a signer makes of it. */
const signed = async (one: Machine, how: How = {}, change = (prepared: Prepared): Prepared => prepared): Promise<{ said: string; length: number }> => {
  let length = 0
  const { said } = await one.run(async (context) => {
    const signer = await requireSigner(context)
    const payload = firstReleasePayload({ identity: signer.identity, feed: signer.publicKey }, NAME, VERSION)
    length = (await signer.sign(change({ payload, isExpected: ({ type }) => type === 'release', why: 'publish tool 1.2.0' }))).length
    return { kind: 'locked', value: { locked: false } }
  }, how)
  return { said, length }
}

const handOverOf = async ({ keystore }: Machine): Promise<HandOver> => {
  const held = await keystore.read()
  const publicKey = keystore.releaseKey(held)
  const { seed } = await keystore.open(publicKey, PASSPHRASE)
  return { identity: held.file.identity, publicKey, seed, stamp: (await keystore.stamp()) ?? '', forMs: 1000 }
}

describe('ggen id unlock', () => {
  it('asks for the passphrase once and leaves an agent that signs without asking, until it is locked', async () => {
    const one = await withIdentity()
    await fails(signed(one), 'passphrase-needed')
    assert.equal(await unlockedIn(one), false)
    const ask = person(PASSPHRASE)
    const { outcome } = await one.run(unlockKey(TEN_MINUTES), { ask })
    assert.match(ask.questions.join('\n'), /^passphrase of [a-z0-9-]{14} to unlock its release key: $/)
    const until = one.clock.now() + LIMITS.agentHoldMs
    const { identity } = (await one.keystore.read()).file
    assert.deepEqual({ ...outcome.value }, { identity, publicKey: one.keystore.releaseKey(await one.keystore.read()), until, asks: false, pid: AGENT_PID })
    assert.deepEqual(await unlockedIn(one), { until, asks: false })
    assert.deepEqual(await signed(one), { said: '', length: 64 })
    assert.deepEqual(await signed(one, { isTTY: true }), { said: 'signed by the agent: publish tool 1.2.0', length: 64 })
    assert.deepEqual((await one.run(lockAgent())).outcome.value, { locked: true, pid: AGENT_PID })
    assert.deepEqual((await one.run(lockAgent())).outcome.value, { locked: false })
    await fails(signed(one), 'passphrase-needed')
    assert.equal(await unlockedIn(one), false)
  })

  it('takes the place of an agent that is there', async () => {
    const one = await withIdentity()
    await one.run(unlockKey(TEN_MINUTES), { env })
    await one.run(unlockKey({ forMs: 1000, asks: false }), { env })
    assert.deepEqual(await unlockedIn(one), { until: one.clock.now() + 1000, asks: false })
    assert.equal(await endAgent(one.context()), AGENT_PID)
    assert.equal(await endAgent(one.context()), undefined)
  })

  it('refuses where there is nothing to unlock, or nobody to ask, and opens nothing with a wrong passphrase', async () => {
    await fails(machine('nobody').run(unlockKey(TEN_MINUTES), { env }), 'key-missing')
    const one = await withIdentity()
    await fails(one.run(unlockKey(TEN_MINUTES)), 'passphrase-needed')
    await fails(one.run(unlockKey(TEN_MINUTES), { env: { GGEN_PASSPHRASE: 'wrong horse' } }), 'passphrase-wrong')
    await fails(one.run(unlockKey({ ...TEN_MINUTES, asks: true }), { env }), 'usage')
    assert.equal(await unlockedIn(one), false)
    await one.run(protectIdentity({ passphrase: false }), { env })
    await fails(one.run(unlockKey(TEN_MINUTES)), 'usage')
    assert.deepEqual(await signed(one), { said: '', length: 64 }, 'keys in the clear sign as ever')
  })

  it('opens keys that are encrypted for the keyring, without a passphrase', async () => {
    const one = machine('ada')
    await one.run(createIdentity({ keyring: true }))
    await one.run(unlockKey(TEN_MINUTES))
    assert.deepEqual(await signed(one, { isTTY: true }), { said: 'signed by the agent: publish tool 1.2.0', length: 64 })
  })

  it('holds a key no longer than that may sign', async () => {
    const one = await withIdentity()
    const describe = one.keystore.describe.bind(one.keystore)
    const expires = Math.floor(Date.now() / 1000) + 60
    one.keystore.describe = (held) => describe(held).map((key) => (key.role === 'release' ? { ...key, expires } : key))
    const { outcome } = await one.run(unlockKey(TEN_MINUTES), { env })
    assert.ok(outcome.kind === 'unlocked' && outcome.value.until - one.clock.now() <= 60_000, JSON.stringify(outcome.value))
  })
})

describe('a signer', () => {
  it('lets the agent sign nothing but what is expected, and asks for what is not for the agent', async () => {
    const one = await withIdentity()
    await one.run(unlockKey(TEN_MINUTES), { env })
    await fails(signed(one, {}, (prepared) => ({ ...prepared, isExpected: () => false })), 'op-invalid')
    const identity = (await one.keystore.read()).file.identity
    const other = firstStatusPayload({ identity, feed: `ed01${'7'.repeat(64)}` as never }, { type: 'status', name: NAME, version: VERSION, state: 'live' })
    const begun = (prepared: Prepared): Prepared => ({ ...prepared, payload: other, isExpected: () => true })
    await fails(signed(one, {}, begun), 'passphrase-needed')
    assert.deepEqual(await signed(one, { env }, begun), { said: '', length: 64 })
  })

  it('asks for the passphrase when the agent holds another key, or has ended since it was found', async () => {
    const one = await withIdentity()
    await one.run(unlockKey(TEN_MINUTES), { env })
    const author = await handOverOf(one)
    assert.equal((await findAgent(author, one.context()))?.status.pid, AGENT_PID)
    assert.equal(await findAgent({ ...author, publicKey: `ed01${'7'.repeat(64)}` as never }, one.context()), undefined)
    one.clock.advance(LIMITS.agentHoldMs)
    await fails(signed(one), 'passphrase-needed')
  })

  it('passes on that somebody said no', async () => {
    const one = await withIdentity()
    await using _held = await one.agents.hold({
      handOver: await handOverOf(one), keystore: one.keystore, socketPath: '/home/ada/.ggen/agent.sock', confirm: async () => false, pid: 1,
    })
    const said: string[] = []
    const context = { ...one.context({ isTTY: true }), say: (line: string) => void said.push(line) }
    const signer = await requireSigner(context)
    const payload = firstReleasePayload({ identity: signer.identity, feed: signer.publicKey }, NAME, VERSION)
    await fails(signer.sign({ payload, isExpected: () => true, why: 'x' }), 'denied')
    assert.deepEqual(said, ['answer where the agent runs'])
  })
})

describe('an agent in a process of its own', () => {
  const textOf = ({ seed, ...rest }: HandOver): Readable =>
    Readable.from([Buffer.from(JSON.stringify({ ...rest, seed: Buffer.from(seed).toString('base64') }))])

  it('holds what comes through the pipe, says so, and ends with its time', async () => {
    const one = await withIdentity()
    const printed: Outcome[] = []
    const running = beAgent()(one.context({ stdin: textOf(await handOverOf(one)), print: (outcome) => printed.push(outcome) }))
    await until('it is there', () => printed.length > 0)
    assert.deepEqual([printed[0]?.kind, await unlockedIn(one)], ['unlocked', { until: one.clock.now() + 1000, asks: false }])
    one.clock.advance(1000)
    assert.equal(await running, undefined)
    await fails(beAgent()(one.context({ stdin: Readable.from([Buffer.from('{}')]) })), 'usage')
  })

  it('ends when it is to end, also before it began', async () => {
    const one = await withIdentity()
    const controller = new AbortController()
    const { signal } = controller
    const holding = holdKey(await handOverOf(one), { signal }, one.context({ print: () => controller.abort() }))
    assert.equal(await holding, 'locked')
    assert.equal(await holdKey(await handOverOf(one), { signal }, one.context({ print: () => undefined })), 'locked')
    assert.equal(await unlockedIn(one), false)
  })
})

describe('ggen id unlock --ask', () => {
  it('stays, asks before each signature, and ends when it is locked', async () => {
    const one = await withIdentity()
    const questions: string[] = []
    const answers = ['y', 'n']
    const ask = {
      hidden: async () => PASSPHRASE,
      visible: (question: string, signal: AbortSignal) => {
        if (question !== '') return (questions.push(question), Promise.resolve(answers.shift() ?? ''))
        return new Promise<string>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      },
    }
    const printed = Promise.withResolvers<Outcome>()
    const staying = unlockKey({ ...TEN_MINUTES, asks: true })(one.context({ ask, print: printed.resolve }))
    assert.deepEqual((await printed.promise).kind, 'unlocked')
    assert.deepEqual(await unlockedIn(one), { until: one.clock.now() + LIMITS.agentHoldMs, asks: true })
    assert.equal((await signed(one)).length, 64)
    await fails(signed(one), 'denied')
    assert.deepEqual(questions, ['publish tool 1.2.0? [y/N] ', 'publish tool 1.2.0? [y/N] '])
    await endAgent(one.context())
    assert.deepEqual((await staying)?.value, { locked: true, pid: process.pid, why: 'locked' })
  })

  it('ends when the input does', async () => {
    const one = await withIdentity()
    const ask = { hidden: async () => PASSPHRASE, visible: () => Promise.reject(new GgenError('cancelled', 'nobody answered')) }
    const outcome = await unlockKey({ ...TEN_MINUTES, asks: true })(one.context({ ask, print: () => undefined }))
    assert.deepEqual(outcome?.value, { locked: true, pid: process.pid, why: 'locked' })
  })
})
