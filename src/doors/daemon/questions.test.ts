import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { GgenError, isGgenError, LIMITS } from '#core'
import { readQuestion } from './questions.ts'

const ID = `bafyrei${'a'.repeat(52)}`
const PREPARE = { path: '/p', identity: ID, chain: ['AQID'], feed: `ed01${'0'.repeat(64)}` }
const SIGNATURE = Buffer.alloc(64, 1).toString('base64')

const usage = (read: () => unknown, place: string): void =>
  assert.throws(read, (error) => isGgenError(error, 'usage') && error.message.startsWith(place), place)

describe('readQuestion', () => {
  it('reads every body into core values', () => {
    assert.deepEqual(readQuestion.search({ words: ['a'], category: 'c', tags: ['t'], limit: 200 }), { words: ['a'], category: 'c', tags: ['t'], limit: 200 })
    const everything = {
      words: ['a'], author: 'b', license: 'MIT', publisher: ID, kind: 'tgz', scripts: false, since: 1, sort: 'date', cursor: 'c', explain: true,
    }
    assert.deepEqual(readQuestion.search(everything), everything)
    assert.deepEqual(readQuestion.watch({}), { words: [] })
    const watched = { words: 'a', names: ['b', '@c/d'], types: 'status', states: ['yanked', 'live'], tags: 'e', publisher: ID, scripts: 'false', since: '7' }
    assert.deepEqual(readQuestion.watch(watched), {
      words: ['a'], names: ['b', '@c/d'], types: ['status'], states: ['yanked', 'live'], tags: ['e'], publisher: ID, scripts: false, since: 7,
    })
    assert.deepEqual(readQuestion.spec({ spec: '@scope/a@^1' }), { name: '@scope/a', range: '^1' })
    const copies = { replicas: 2, waitMs: 5 }
    assert.deepEqual(readQuestion.replicate({ spec: 'a@1.0.0', ...copies }), { spec: { name: 'a', range: '1.0.0' }, ...copies })
    assert.deepEqual(readQuestion.prepare(PREPARE), { ...PREPARE, chain: [Uint8Array.of(1, 2, 3)] })
    assert.equal(readQuestion.commit({ intent: ID, signatures: [{ key: PREPARE.feed, signature: SIGNATURE }] }).signatures[0]?.signature.length, 64)
    assert.equal(readQuestion.digest(`sha256:${'0'.repeat(64)}`), `sha256:${'0'.repeat(64)}`)
    const decree = { subject: '192.0.2.0/24', reason: 'spam', forMs: 5 }
    assert.deepEqual(readQuestion.ban({ ...decree, subject: '192.0.2.7/24' }), decree)
    assert.deepEqual(readQuestion.ban({ subject: '2001:DB8::1' }), { subject: '2001:db8:0:0:0:0:0:1', reason: '' })
    assert.equal(readQuestion.subject({ subject: '192.0.2.7' }), '192.0.2.7')
    const peer = `12D3Koo${'W'.repeat(45)}`
    assert.equal(readQuestion.peer({ peer }), peer)
    assert.deepEqual(readQuestion.limits({ up: 8192, down: null }), { up: 8192, down: null })
    assert.deepEqual(readQuestion.limits({ reset: true }), { reset: true })
    const decided = { trust: ID, locked: ID, acceptDowngrade: true, acceptAdvisory: false }
    assert.deepEqual(readQuestion.fetch({ spec: 'a', ...decided }), { spec: { name: 'a' }, ...decided })
    assert.deepEqual(readQuestion.fetch({ spec: 'a' }), { spec: { name: 'a' } })
    assert.equal(readQuestion.publisher({ identity: ID }), ID)
    assert.deepEqual(readQuestion.block({ identity: ID, name: 'a', why: 'x' }), { identity: ID, subject: { name: 'a', why: 'x' } })
    assert.deepEqual(readQuestion.block({ identity: ID }), { identity: ID, subject: {} })
    assert.deepEqual(readQuestion.unblock({ identity: ID, name: '@c/d' }), { identity: ID, name: '@c/d' })
    assert.deepEqual(readQuestion.unblock({ identity: ID }), { identity: ID, name: undefined })
    const [asked, read] = [{ identity: ID, chain: PREPARE.chain }, { identity: ID, chain: [Uint8Array.of(1, 2, 3)] }]
    for (const what of [{ name: 'a' }, { name: 'a', version: '1.0.0' }, { op: ID }]) {
      assert.deepEqual(readQuestion.approval({ ...asked, ...what }), { ...read, ...what })
    }
    for (const [wrong, place] of [[{}, 'the body'], [{ op: 'a' }, 'op'], [{ name: 'a', op: ID }, 'the body']] as const) {
      usage(() => readQuestion.approval({ ...asked, ...wrong }), place)
    }
    readQuestion.nothing({})
    readQuestion.nothing(undefined)
  })

  it('names the field that is wrong', () => {
    usage(() => readQuestion.search(undefined), 'the body')
    usage(() => readQuestion.search({}), 'words')
    usage(() => readQuestion.search({ words: [1] }), 'words.0')
    usage(() => readQuestion.search({ words: [], limit: 201 }), 'limit')
    usage(() => readQuestion.search({ words: [], limit: 0.5 }), 'limit')
    usage(() => readQuestion.search({ words: [], more: 1 }), 'the body')
    const wrongs = [{ publisher: 'x' }, { scripts: 'no' }, { since: -1 }, { since: 1.5 }, { sort: 'best' }, { cursor: 'x'.repeat(1025) }, { explain: 1 }]
    for (const wrong of wrongs) {
      usage(() => readQuestion.search({ words: [], ...wrong }), Object.keys(wrong).join())
    }
    usage(() => readQuestion.search({ words: [], category: undefined }), 'category')
    const misread = [{ types: 'x' }, { states: ['live', 'x'] }, { scripts: '1' }, { since: '-1' }, { since: '1e3' }, { publisher: 'x' }, { category: ['a'] }]
    for (const wrong of misread) {
      usage(() => readQuestion.watch(wrong), Object.keys(wrong).join())
    }
    usage(() => readQuestion.watch({ more: '1' }), 'the query')
    usage(() => readQuestion.watch({ names: Array.from({ length: LIMITS.watchedNames + 1 }, () => 'a') }), 'names')
    assert.throws(() => readQuestion.watch({ names: 'No Name' }), (error) => isGgenError(error, 'name-invalid'))
    usage(() => readQuestion.replicate({ spec: 'a', replicas: 0, waitMs: 1 }), 'replicas')
    usage(() => readQuestion.replicate({ spec: 'a', replicas: 65, waitMs: 1 }), 'replicas')
    usage(() => readQuestion.replicate({ spec: 'a', replicas: 1, waitMs: 1e9 }), 'waitMs')
    usage(() => readQuestion.prepare({ ...PREPARE, path: 'relative' }), 'path')
    usage(() => readQuestion.prepare({ ...PREPARE, path: '/a\0b' }), 'path')
    usage(() => readQuestion.prepare({ ...PREPARE, identity: 'x' }), 'identity')
    usage(() => readQuestion.prepare({ ...PREPARE, chain: ['*'] }), 'chain.0')
    usage(() => readQuestion.prepare({ ...PREPARE, chain: [Buffer.alloc(20_000).toString('base64')] }), 'chain.0')
    usage(() => readQuestion.prepare({ ...PREPARE, chain: [] }), 'chain')
    usage(() => readQuestion.prepare({ ...PREPARE, feed: 'x' }), 'feed')
    usage(() => readQuestion.commit({ intent: ID, signature: 'AQID' }), 'signature')
    usage(() => readQuestion.limits({ up: 8191 }), 'up')
    usage(() => readQuestion.limits({ down: 0.5 }), 'down')
    usage(() => readQuestion.limits({ up: 1e4, reset: true }), 'reset')
    usage(() => readQuestion.limits({ reset: false }), 'reset')
    usage(() => readQuestion.limits({ per_peer: 1e4 }), 'the body')
    usage(() => readQuestion.ban({ subject: '192.0.2.7', forMs: 0 }), 'forMs')
    usage(() => readQuestion.ban({ subject: '192.0.2.7', reason: 'x'.repeat(281) }), 'reason')
    usage(() => readQuestion.subject({}), 'subject')
    usage(() => readQuestion.peer({ peer: 1 }), 'peer')
    assert.throws(() => readQuestion.ban({ subject: 'eve' }), (error) => isGgenError(error, 'address-invalid'))
    assert.throws(() => readQuestion.peer({ peer: '192.0.2.7' }), (error) => isGgenError(error, 'address-invalid'))
    usage(() => readQuestion.nothing({ a: 1 }), 'the body')
    usage(() => readQuestion.publisher({ identity: 'x' }), 'identity')
    usage(() => readQuestion.block({ identity: ID, why: 'x'.repeat(281) }), 'why')
    usage(() => readQuestion.unblock({ identity: ID, why: 'x' }), 'the body')
    assert.throws(() => readQuestion.spec({ spec: 'No Name' }), (error) => isGgenError(error, 'name-invalid'))
    assert.throws(() => readQuestion.digest('sha256:x'), (error) => isGgenError(error, 'digest-invalid'))
  })

  it('lets only coded errors out for any JSON', () => {
    const { search, watch, spec, prepare, commit, limits, ban, subject, peer, nothing } = readQuestion
    const readers: readonly ((body: unknown) => unknown)[] = [search, watch, spec, prepare, commit, limits, ban, subject, peer, nothing]
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record({ words: fc.array(fc.jsonValue()), limit: fc.jsonValue() }),
      fc.record({ spec: fc.string() }),
      fc.record({ subject: fc.oneof(fc.string(), fc.ipV4(), fc.ipV6()), forMs: fc.jsonValue(), reason: fc.string() }, { requiredKeys: [] }),
      fc.record({ peer: fc.string() }),
      fc.record({ words: fc.string(), names: fc.array(fc.string()), since: fc.string(), scripts: fc.string() }, { requiredKeys: [] }),
      fc.record({ up: fc.oneof(fc.integer(), fc.constant(null)), reset: fc.boolean() }, { requiredKeys: [] }),
      fc.record({ intent: fc.constantFrom(ID, 'x'), signatures: fc.array(fc.record({ key: fc.constant(PREPARE.feed), signature: fc.constant(SIGNATURE) })) }),
      fc.record({ path: fc.string(), identity: fc.constant(ID), chain: fc.array(fc.base64String()), feed: fc.constant(PREPARE.feed) }),
    )
    fc.assert(fc.property(bodies, fc.constantFrom(...readers), (body, read) => {
      try {
        read(body)
      } catch (error) {
        assert.ok(error instanceof GgenError && error.kind.exitCode === 2, String(error))
      }
    }), { numRuns: 3000 })
  })
})
