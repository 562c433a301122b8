import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, isGgenError } from '#core'
import { backupIdentity } from './backup-identity.ts'
import { createIdentity } from './create-identity.ts'
import { exportKey } from './export-key.ts'
import { type Machine, machine, PASSPHRASE, person } from './identity-scene.conformance.ts'
import { importIdentity } from './import-identity.ts'
import { makeIdentity } from './make-identity.ts'
import type { IdentityReply, Outcome } from './outcome.ts'
import { adviseProtection, chooseGuard, choosePackGuard, newPassphrase, plainWarning, withKeys, withPassphrase } from './passphrase.ts'
import { protectIdentity } from './protect-identity.ts'
import { identityOutcome, identityReply, showIdentity } from './show-identity.ts'

const fails = (work: Promise<unknown>, code: ErrorCode): Promise<void> => assert.rejects(work, (error) => isGgenError(error, code), code)
const env = { GGEN_PASSPHRASE: PASSPHRASE }

const replyOf = ({ outcome }: { readonly outcome: Outcome }): IdentityReply => (outcome.kind === 'identity' ? outcome.value : assert.fail(outcome.kind))

/** A machine whose keys are behind the passphrase. */
const withIdentity = async (seed: string, files?: Map<string, Uint8Array>): Promise<Machine> => {
  const made = machine(seed, files)
  await made.run(createIdentity({ label: 'laptop' }), { env })
  return made
}

describe('ggen id create and show', () => {
  it('make an identity once, and show it without a passphrase', async () => {
    const { run, keystore } = machine('ada')
    await fails(run(showIdentity()), 'key-missing')
    await fails(run(createIdentity({})), 'passphrase-needed')
    const { outcome, said } = await run(createIdentity({ label: 'laptop' }), { ask: person(PASSPHRASE, PASSPHRASE) })
    assert.match(said, /^you are now the publisher /)
    const { unlocked, ...reply } = replyOf(await run(showIdentity()))
    assert.deepEqual([outcome.value, reply.protection, unlocked], [reply, 'passphrase', false])
    const keys = [['root', undefined, true], ['recovery', undefined, false], ['release', 'laptop', true]]
    assert.deepEqual(reply.keys.map(({ role, label, held }) => [role, label, held]), keys)
    assert.deepEqual(identityOutcome(await keystore.read(), keystore), outcome)
    assert.deepEqual(identityReply(await keystore.read(), keystore), reply)
    await fails(run(createIdentity({ passphrase: false })), 'conflict')
  })

  it('protect the keys in the way that was asked for, loudly where that is none', async () => {
    const plain = machine('ada')
    const { said } = await plain.run(createIdentity({ passphrase: false }))
    assert.ok(said.includes(adviseProtection('identity.json')))
    assert.equal((await plain.run(showIdentity())).said, adviseProtection('identity.json'))
    const { outcome, said: quiet } = await machine('ada').run(createIdentity({ passphrase: true, keyring: true }))
    assert.deepEqual([replyOf({ outcome }).protection, quiet.includes('WARNING')], ['keyring', false])
    const { keystore, context } = machine('bob')
    assert.equal((await makeIdentity(keystore, { passphrase: false }, context())).held.file.protection.kind, 'none')
  })
})

describe('ggen id protect', () => {
  it('asks for the old passphrase first, and for the new one only when that was right', async () => {
    const { run, keystore } = await withIdentity('ada')
    const ask = person('wrong horse', 'wronger horse', PASSPHRASE, 'another horse', 'another horse')
    const { said } = await run(protectIdentity({}), { ask })
    assert.equal(said, 'the passphrase is wrong; try again\nthe passphrase is wrong; try again')
    const old = 'passphrase of'
    assert.deepEqual(ask.questions.map((question) => question.slice(0, old.length)), [old, old, old, 'a passphrase ', 'the same agai'])
    const release = keystore.releaseKey(await keystore.read())
    await fails(keystore.open(release, PASSPHRASE), 'passphrase-wrong')
    await keystore.open(release, 'another horse')
    await fails(run(protectIdentity({}), { ask: person('a horse', 'b horse', 'c horse') }), 'passphrase-wrong')
  })

  it('does not take the old passphrase of the environment for a new one', async () => {
    const { run, keystore } = await withIdentity('ada')
    await fails(run(protectIdentity({}), { env }), 'passphrase-needed')
    const ask = person('another horse', 'another horse')
    await run(protectIdentity({}), { env, ask })
    assert.equal(ask.questions.length, 2)
    await keystore.open(keystore.releaseKey(await keystore.read()), 'another horse')
  })

  it('takes the protection away loudly, and gives one to keys that had none', async () => {
    const { run } = await withIdentity('ada')
    const taken = await run(protectIdentity({ passphrase: false }), { env })
    assert.deepEqual([replyOf(taken).protection, taken.said], ['none', plainWarning('identity.json')])
    assert.equal(replyOf(await run(protectIdentity({ keyring: true }))).protection, 'keyring')
    const given = await run(protectIdentity({}), { env })
    assert.deepEqual([replyOf(given).protection, given.said], ['passphrase', ''])
  })
})

describe('ggen id backup, export and import', () => {
  it('take everything to another machine, which keeps the passphrase of the file', async () => {
    const files = new Map<string, Uint8Array>()
    const here = await withIdentity('ada', files)
    const ask = person(PASSPHRASE, 'backup horse', 'backup horse')
    const { outcome } = await here.run(backupIdentity('sub/../all.age'), { ask })
    assert(outcome.kind === 'packed')
    assert.deepEqual([outcome.value.path, outcome.value.encrypted, outcome.value.keys.map(({ role }) => role)], ['/project/all.age', true, ['root', 'release']])
    await fails(here.run(backupIdentity('all.age'), { env }), 'conflict')
    await fails(here.run(importIdentity('all.age', {}), { env }), 'conflict')

    const there = machine('there', files)
    await fails(there.run(importIdentity('all.age', {})), 'passphrase-needed')
    const imported = replyOf(await there.run(importIdentity('all.age', {}), { ask: person('wrong horse', 'backup horse') }))
    assert.deepEqual({ ...imported, unlocked: false }, replyOf(await here.run(showIdentity())))
    await there.keystore.open(there.keystore.releaseKey(await there.keystore.read()), 'backup horse')
  })

  it('give a machine that publishes by itself one key, and never the root key', async () => {
    const files = new Map<string, Uint8Array>()
    const here = await withIdentity('ada', files)
    const { outcome, said } = await here.run(exportKey('ci.json', { passphrase: false }), { env })
    assert(outcome.kind === 'packed')
    assert.deepEqual([outcome.value.encrypted, outcome.value.keys.map(({ label }) => label), said], [false, ['laptop'], plainWarning('/project/ci.json')])
    const ci = machine('ci', files)
    await fails(ci.run(importIdentity('ci.json', {})), 'passphrase-needed')
    const plain = await ci.run(importIdentity('ci.json', { passphrase: false }))
    assert.deepEqual(replyOf(plain).keys.filter(({ held }) => held).map(({ role }) => role), ['release'])
    assert.match(plain.said, /^WARNING: /)
    const { outcome: encrypted } = await here.run(exportKey('ci.age', {}), { env })
    assert(encrypted.kind === 'packed' && encrypted.value.encrypted)
    assert.equal(replyOf(await machine('ci', files).run(importIdentity('ci.age', { keyring: true }), { env })).protection, 'keyring')
    assert.equal(replyOf(await machine('ci', files).run(importIdentity('ci.age', { passphrase: false }), { env })).protection, 'none')
  })

  it('choose a key by its label or its beginning, and say which there are', async () => {
    const { run, keystore } = await withIdentity('ada')
    const seed = new Uint8Array(32).fill(7)
    const waiting = await keystore.change({ add: [{ role: 'release', label: 'ci', seed }] }, PASSPHRASE)
    const ci = keystore.describe(waiting).at(-1)?.publicKey ?? ''
    for (const key of ['ci', ci.slice(0, 12)]) {
      const { outcome } = await run(exportKey(`${key}.json`, { key, passphrase: false }), { env })
      assert(outcome.kind === 'packed')
      assert.deepEqual(outcome.value.keys.map(({ publicKey }) => publicKey), [ci])
    }
    const wrong = run(exportKey('x.json', { key: 'phone' }), { env })
    await assert.rejects(wrong, (error) => isGgenError(error, 'key-missing') && error.hint.endsWith('laptop, ci'))
    await fails(run(exportKey('x.json', { key: 'ed01' }), { env }), 'usage')
  })

  it('refuse a file that is something else', async () => {
    const files = new Map([['/project/x', Uint8Array.from(Buffer.from('a text'))]])
    await fails(machine('ada', files).run(importIdentity('x', { passphrase: false })), 'usage')
  })
})

describe('a passphrase', () => {
  it('is typed at most three times, and asked for only where keys need one', async () => {
    const { keystore, context } = await withIdentity('ada')
    const held = await keystore.read()
    const release = keystore.releaseKey(held)
    const open = (passphrase?: string): Promise<unknown> => keystore.open(release, passphrase)
    const ask = person('a horse', 'b horse', 'c horse', 'd horse')
    await fails(withKeys(held, open, context({ ask })), 'passphrase-wrong')
    assert.equal(ask.questions.length, 3)
    await fails(newPassphrase('keys', keystore, context({ ask: person('1', '1', '2', '2', '3', '3', '4') })), 'usage')
    await fails(newPassphrase('keys', keystore, context({ env: { GGEN_PASSPHRASE: 'short' }, ask: person() })), 'usage')
    const plain = await keystore.protect(async () => ({ kind: 'none' }), PASSPHRASE)
    assert.equal(await withKeys(plain, async (passphrase) => passphrase, context({ env })), undefined)
    assert.equal(await withPassphrase('question', async (passphrase) => passphrase, context({ env })), PASSPHRASE)
  })

  it('is what protects things unless something else is asked for', async () => {
    const { keystore, context } = machine('ada')
    const here = { ...context({ env }), keystore }
    assert.deepEqual(await chooseGuard({}, 'keys', here), { kind: 'passphrase', passphrase: PASSPHRASE })
    assert.deepEqual(await chooseGuard({ passphrase: true, keyring: true }, 'keys', here), { kind: 'keyring' })
    assert.deepEqual(await choosePackGuard({ passphrase: false }, 'keys', here), { kind: 'none' })
  })
})
