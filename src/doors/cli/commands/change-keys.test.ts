import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ErrorCode, type IdentityId, isGgenError, parsePackageName, parsePackageSpec } from '#core'
import type { ControlClient } from '#doors/control'
import { memoryHub } from '#network'
import { openMarketplace, smallPackage, TestClock, type TestMarketplace } from '#testing'
import { memoryFolder } from '#archive'
import { approve, listStaged } from './approve.ts'
import { addKey, changeDomains, changeNeed, findKey, recoverIdentity, revokeKey, rotateKey } from './change-keys.ts'
import { createIdentity } from './create-identity.ts'
import { type Machine, machine, PASSPHRASE, person } from './identity-scene.conformance.ts'
import { importIdentity } from './import-identity.ts'
import type { Outcome } from './outcome.ts'
import { publish, stage } from './publish.ts'
import { endorse } from './speak-of-others.ts'
import { expectRoles, openRoot, readIdentity, sayRoles } from './say-roles.ts'

const BOB = `bafyrei${'b'.repeat(51)}a` as IdentityId
const env = { GGEN_PASSPHRASE: PASSPHRASE }
const fails = (work: Promise<unknown>, code: ErrorCode): Promise<void> => assert.rejects(work, (error) => isGgenError(error, code), code)

/** The node of these machines: a real marketplace in memory, behind the client that commands use. */
const openNode = async (): Promise<{ readonly node: TestMarketplace; readonly client: Partial<ControlClient> }> => {
  const clock = new TestClock()
  const node = await openMarketplace({ hub: memoryHub({ clock }), clock })
  const { marketplace } = node
  const client: Partial<ControlClient> = {
    health: async () => ({}) as never,
    prepare: ({ identity, chain, feed }, signal) => marketplace.prepare({ path: '/', identity, chain, feed }, signal),
    commit: (intent, signatures) => marketplace.commit(intent, signatures),
    prepareStatement: (question, signal) => marketplace.speaking.prepare(question, signal),
    commitStatement: (intent, signatures, signal) => marketplace.speaking.commit(intent, signatures, signal),
    chain: (identity, signal) => marketplace.speaking.chainOf(identity, signal),
    staged: async (identity) => ({ staged: await marketplace.speaking.staged(identity) }),
    npmUploads: async () => ({ uploads: [] }),
    prepareApproval: (question, signal) => marketplace.speaking.prepareApproval(question, signal),
    approve: (op, signatures, signal) => marketplace.speaking.approve(op, signatures, signal),
  }
  return { node, client }
}

const offer = ({ source }: TestMarketplace, version: string): void => source({ kind: 'folder', tree: memoryFolder(smallPackage('tool', version)) })

const keysOf = ({ outcome }: { readonly outcome: Outcome }): readonly string[] =>
  (outcome.kind === 'identity' ? outcome.value.keys : assert.fail(outcome.kind))
    .map(({ role, label, standing, held }) => `${role} ${label ?? '-'} ${standing} ${held}`)

/** A publisher with one release out. */
const published = async (): Promise<{ readonly node: TestMarketplace; readonly client: Partial<ControlClient>; readonly ada: Machine }> => {
  const { node, client } = await openNode()
  const ada = machine('ada')
  await ada.run(createIdentity({ label: 'laptop' }), { env })
  offer(node, '1.0.0')
  await ada.run(publish('/tool'), { env, client })
  return { node, client, ada }
}

const versionsOf = async ({ marketplace }: TestMarketplace): Promise<string> =>
  (await marketplace.info(parsePackageSpec('tool'), new AbortController().signal)).versions.map(({ version }) => version).join()

describe('ggen id rotate, revoke, need and domains', () => {
  it('replace the key that publishes from here, and what the old one signed still counts', async () => {
    const { node, client, ada } = await published()
    await using _node = node
    const keys = keysOf(await ada.run(rotateKey({ label: 'desk' }), { env, client }))
    assert.deepEqual(keys, ['root - valid true', 'recovery - valid false', 'release desk valid true'])
    offer(node, '1.1.0')
    await ada.run(publish('/tool'), { env, client })
    assert.equal(await versionsOf(node), '1.1.0,1.0.0')
  })

  it('take back what a thief published, and nothing else', async () => {
    const { node, client, ada } = await published()
    await using _node = node
    offer(node, '6.6.6')
    await ada.run(publish('/tool'), { env, client })
    await ada.run(addKey('spare.age', { label: 'spare' }), { env, client })
    await fails(ada.run(revokeKey('nobody', {}), { env, client }), 'key-missing')
    await fails(ada.run(revokeKey('laptop', { notMine: ['tool'] }), { env, client }), 'usage')
    const keys = keysOf(await ada.run(revokeKey('laptop', { notMine: ['tool@6.6.6'] }), { env, client }))
    assert.deepEqual(keys, ['root - valid true', 'recovery - valid false', 'release spare valid false'])
    assert.equal(await versionsOf(node), '1.0.0')
    await fails(ada.run(publish('/tool'), { env, client }), 'key-missing')
  })

  it('say who has to sign and for which domains the publisher speaks', async () => {
    const { node, client, ada } = await published()
    await using _node = node
    await fails(ada.run(changeNeed({ need: 2 }), { env, client }), 'usage')
    await ada.run(changeDomains(['acme.example']), { env, client })
    const { view } = await ada.keystore.read()
    assert.deepEqual(view.chain.flatMap((op) => (op.type === 'roles' ? op.body.domains : [])), ['acme.example'])
    await fails(ada.run(stage('/tool'), { env, client }), 'usage')
  })

  it('sign nothing but the change that was asked for', async () => {
    const { node, client, ada } = await published()
    await using _node = node
    const context = { ...ada.context({ env }), client: client as ControlClient }
    using _deadline = context.deadline
    const speaker = await readIdentity(context)
    const pairs = await openRoot(speaker, 'test', context)
    const lying = { ...context, client: { ...client, prepareStatement: (question: Parameters<ControlClient['prepareStatement']>[0], signal: AbortSignal) =>
      node.marketplace.speaking.prepare({ ...question, statement: { type: 'roles', change: { domains: [], human: 1 } } }, signal) } as ControlClient }
    await fails(sayRoles({ ...speaker, pairs }, { change: { need: 1 } }, lying), 'op-invalid')
    assert.equal(expectRoles(speaker.held, {})(speaker.held.view.chain[0] ?? assert.fail('no genesis')), false)
    assert.equal((await sayRoles({ ...speaker, pairs: [] }, { change: {} }, context)).file.chain.length, 1)
  })
})

describe('a key for another machine', () => {
  it('is named, written to a file, and not kept; what it stages waits for a person', async () => {
    const { node, client, ada } = await published()
    await using _node = node
    const { outcome } = await ada.run(addKey('ci.age', { label: 'ci', auto: true, names: ['tool'] }), { env, client })
    assert.equal(outcome.kind, 'packed')
    await ada.run(changeNeed({ need: 2, human: 1 }), { env, client })
    const ci = machine('ci', new Map(ada.files))
    await ci.run(importIdentity('ci.age', {}), { env })
    offer(node, '1.1.0')
    const staged = await ci.run(stage('/tool'), { env, client })
    assert(staged.outcome.kind === 'published' && staged.outcome.value.staged?.people === 0)
    assert.equal(await versionsOf(node), '1.0.0')

    const list = await ada.run(listStaged(), { env, client })
    assert(list.outcome.kind === 'staged')
    assert.deepEqual(list.outcome.value.staged.map((one) => one.says === 'release' && [one.name, one.version]), [[parsePackageName('tool'), '1.1.0']])
    await fails(ada.run(approve('tool', {}), { env, client }), 'usage')
    await fails(ada.run(approve('tool', {}), { env, client, ask: person('n') }), 'cancelled')
    const approved = await ada.run(approve('tool@1.1.0', {}), { env, client, ask: person('y') })
    assert(approved.outcome.kind === 'approved' && approved.outcome.value.people === 1)
    assert.deepEqual(approved.shown.map(({ kind }) => kind), ['to-approve'])
    assert.equal(await versionsOf(node), '1.1.0,1.0.0')
    await fails(ada.run(approve('tool', { yes: true }), { env, client }), 'version-not-found')
  })

  it('stages under a new name with a warning of what that can be taken for, and so does whoever approves it elsewhere', async () => {
    const { node, client, ada } = await published()
    await using _node = node
    await node.publish(smallPackage('request'), 'somebody else')
    await ada.run(addKey('ci.age', { label: 'ci', auto: true }), { env, client })
    await ada.run(changeNeed({ need: 2, human: 1 }), { env, client })
    const ci = machine('ci', new Map(ada.files))
    await ci.run(importIdentity('ci.age', {}), { env })
    node.source({ kind: 'folder', tree: memoryFolder(smallPackage('reqeust')) })
    const staged = await ci.run(stage('/reqeust'), { env, client })
    assert.deepEqual(staged.shown.map(({ kind }) => kind), ['alike'])
    assert.deepEqual(staged.outcome.kind === 'published' && staged.outcome.value.lookAlikes?.map(({ known }) => known), ['request'])

    await node.marketplace.trusting.remove(parsePackageName('reqeust'))
    const approved = await ada.run(approve('reqeust', {}), { env, client, ask: person('y') })
    assert.deepEqual(approved.shown.map(({ kind }) => kind), ['alike', 'to-approve'])
    assert.deepEqual(approved.outcome.kind === 'approved' && approved.outcome.value.lookAlikes?.map(({ because }) => because), ['bound'])
  })

  it('says of others what a person approves, by the id that was shown and by no other', async () => {
    const { node, client, ada } = await published()
    await using _node = node
    await ada.run(addKey('ci.age', { label: 'ci', auto: true }), { env, client })
    await ada.run(changeNeed({ need: 2, human: 1 }), { env, client })
    const ci = machine('ci', new Map(ada.files))
    await ci.run(importIdentity('ci.age', {}), { env })
    const [one, other] = [await ci.run(endorse({ subject: { identity: BOB }, level: 'block' }, 0), { env, client }),
      await ci.run(endorse({ subject: { identity: BOB, name: parsePackageName('lib') }, level: 'vouch' }, 0), { env, client })]
    assert(one.outcome.kind === 'opined' && other.outcome.kind === 'opined')
    assert.deepEqual(one.outcome.value.staged, { signatures: 1, need: 2, people: 0, human: 1 })
    const ids = [one.outcome.value.op, other.outcome.value.op] as const
    const list = await ada.run(listStaged(), { env, client })
    assert.deepEqual(list.outcome.kind === 'staged' && list.outcome.value.staged.map(({ op }) => op), ids)

    const [question, answer] = [node.marketplace.speaking, new AbortController().signal]
    const swapping: Partial<ControlClient> = { ...client, prepareApproval: (asked) => question.prepareApproval({ ...asked, op: ids[1] }, answer) }
    await fails(ada.run(approve(ids[0], { yes: true }), { env, client: swapping }), 'op-invalid')
    const harmless = { type: 'endorse', target: BOB, names: [], level: 'none' }
    const hiding: Partial<ControlClient> = {
      ...client, prepareApproval: async (asked) => ({ ...(await question.prepareApproval(asked, answer)), opinion: harmless }) as never,
    }
    await fails(ada.run(approve(ids[0], { yes: true }), { env, client: hiding }), 'op-invalid')
    const ask = person('y', PASSPHRASE)
    const approved = await ada.run(approve(ids[0], {}), { client, ask })
    assert(approved.outcome.kind === 'approved' && approved.outcome.value.says === 'opinion')
    assert.deepEqual([approved.outcome.value.opinion.target, approved.outcome.value.people, approved.shown.length], [BOB, 1, 1])
    assert.match(ask.questions[1] ?? '', / to approve what is said of bbbb-bbbb-bbba: $/)
    await fails(ada.run(approve(ids[0], { yes: true }), { env, client }), 'version-not-found')
  })

  it('is found by its label or its beginning, if that is one', () => {
    const shown = ['ed01aa', 'ed01ab'].map((publicKey) => ({ publicKey, role: 'release', standing: 'valid', held: true }))
    const keys = shown as unknown as Parameters<typeof findKey>[0]
    assert.equal(findKey(keys, 'ed01ab'), keys[1])
    assert.throws(() => findKey(keys, 'ed01a'), { code: 'usage' })
    assert.throws(() => findKey(keys, 'ci'), { code: 'key-missing' })
  })
})

describe('ggen id recover', () => {
  it('gets an identity back with its words, and with no others', async () => {
    const { node, client } = await openNode()
    await using _node = node
    const lost = machine('ada')
    const { said } = await lost.run(createIdentity({}), { env })
    const words = [...said.matchAll(/^ {4}(.*)$/gm)].map(([, line]) => line).join(' ')
    offer(node, '1.0.0')
    await lost.run(publish('/tool'), { env, client })
    const { identity } = (await lost.keystore.read()).file

    const fresh = machine('fresh')
    const other = [...(await machine('other').run(createIdentity({}), { env })).said.matchAll(/^ {4}(.*)$/gm)].map(([, line]) => line).join(' ')
    await fails(fresh.run(recoverIdentity(identity, {}), { env, client }), 'usage')
    await fails(fresh.run(recoverIdentity(identity, {}), { env, client, ask: person('abandon') }), 'usage')
    await fails(fresh.run(recoverIdentity(identity, {}), { env, client, ask: person(other) }), 'denied')
    const unknown = `bafyrei${'a'.repeat(52)}` as IdentityId
    await fails(fresh.run(recoverIdentity(unknown, {}), { env, client, ask: person(words) }), 'package-not-found')
    assert.equal(await fresh.keystore.find(), undefined, 'nothing is written before the words are right')

    const keys = keysOf(await fresh.run(recoverIdentity(identity, { label: 'new' }), { env, client, ask: person(words) }))
    assert.deepEqual(keys, ['root - valid true', 'recovery - valid false', 'release new valid true'])
    offer(node, '1.1.0')
    await fresh.run(publish('/tool'), { env, client })
    assert.equal(await versionsOf(node), '1.1.0,1.0.0')
    offer(node, '1.2.0')
    await fails(lost.run(publish('/tool'), { env, client }), 'denied')
  })
})
