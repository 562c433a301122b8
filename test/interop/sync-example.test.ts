import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { suite, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { opIdHash, opIdOfHash } from '#core'
import { answerFrame, openSession, readAnswer } from '#flow/sync'
import { MemoryOpSet, type OpSet } from '#store'
import {
  decodeFeedQuestion, decodeSnapshotAnswer, decodeSyncAnswer, decodeSyncQuestion, encodeFeedQuestion, encodeSyncAnswer, encodeSyncQuestion,
} from '#wire'
import { loadReference } from './reference-negentropy.ts'

const PAGE = fileURLToPath(new URL('../../docs/protocol/sync.md', import.meta.url))
const NAMES = ['hash A', 'hash B', 'first frame', 'question', 'answer frame', 'answer', 'feed question', 'fingerprint', 'none', 'later'] as const

const page = await readFile(PAGE, 'utf8')
/** The lines `name = hex` of the page. */
const example = new Map([...page.matchAll(/^([a-zA-Z ]+?) += ([0-9a-f ]+(?:\n +[0-9a-f ]+)*)$/gm)].map(([, name, hex]) => [name, hex]))
const spelled = (name: (typeof NAMES)[number]): Uint8Array => {
  const hex = example.get(name)
  assert(hex !== undefined, `the page has no ${name}`)
  return Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))
}

const [first, second] = [{ at: 300, hash: spelled('hash A') }, { at: 301, hash: spelled('hash B') }]
const setOf = (...items: readonly (typeof first)[]): OpSet => {
  const set = new MemoryOpSet()
  for (const { at, hash } of items) set.add({ at, id: opIdOfHash(hash) })
  return set
}
const [asker, answerer] = [setOf(first), setOf(first, second)]

suite('the example in docs/protocol/sync.md', () => {
  test('names everything once', () => assert.deepEqual([...example.keys()], NAMES))

  test('is what nodes ask and answer', () => {
    const frame = openSession(asker)
    assert.deepEqual(frame, spelled('first frame'))
    assert.deepEqual(encodeSyncQuestion({ ask: 'reconcile', shard: 0, frame }), spelled('question'))
    assert.deepEqual(decodeSyncQuestion(spelled('question')), { ask: 'reconcile', shard: 0, frame })
    assert.deepEqual(answerFrame(answerer, frame).frame, spelled('answer frame'))
    assert.deepEqual(encodeSyncAnswer({ frame: spelled('answer frame'), ops: 2 }), spelled('answer'))
    assert.deepEqual(readAnswer(asker, decodeSyncAnswer(spelled('answer')).frame), { theirs: [first.hash, second.hash] })
    assert.deepEqual(encodeFeedQuestion({ ask: 'ops', ids: [opIdOfHash(second.hash)] }), spelled('feed question'))
    const asked = decodeFeedQuestion(spelled('feed question'))
    assert(asked.ask === 'ops')
    assert.deepEqual(asked.ids.map(opIdHash), [second.hash])
    assert.deepEqual([decodeSnapshotAnswer(spelled('none')), decodeSnapshotAnswer(spelled('later'))], ['none', 'later'])
  })

  test('gets the same answer from the reference implementation of Negentropy', async () => {
    const { Negentropy, NegentropyStorageVector } = await loadReference()
    const set = new NegentropyStorageVector()
    for (const { at, hash } of [first, second]) set.insert(at, hash)
    set.seal()
    const session = new Negentropy(set, 0)
    session.wantUint8ArrayOutput = true
    const [answer] = await session.reconcile(spelled('first frame'))
    assert(answer)
    assert.deepEqual(Uint8Array.from(answer), spelled('answer frame'))
  })

  test('has the fingerprint that its words describe, and equal ones are answered with nothing', () => {
    const sum = Uint8Array.from(first.hash, (byte, place) => byte + (second.hash[place] ?? 0))
    const fingerprint = createHash('sha256').update(sum).update(Uint8Array.of(2)).digest().subarray(0, 16)
    assert.deepEqual(Uint8Array.from(fingerprint), spelled('fingerprint'))
    assert.deepEqual(answerFrame(answerer, Uint8Array.of(0x61, 0, 0, 1, ...fingerprint)).frame, Uint8Array.of(0x61))
  })
})
