import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError, NPM_LIMITS, type PeerId, type Sha512 } from '#core'
import { decodeNpmAnswer, encodeNpmAnswer, encodeNpmQuestion } from '#wire'
import { Allowance } from './allowance.ts'
import { answerTeam, type AnswerTeamParts } from './answer-team.ts'
import { AskBatch } from './ask-batch.ts'
import { Bringing } from './bringing.ts'
import { Depot } from './depot.ts'
import { Documents } from './documents.ts'
import { DepotScene, going, integrityOfBytes } from './depot-scene.conformance.ts'
import { patientBody } from './patient-body.ts'
import { bytesOf, hostOf, Source } from './source.ts'
import { Tarballs } from './tarballs.ts'
import { Team } from './team.ts'

const KEEPS_NOTHING = { answer: () => assert.fail('nobody asks that') }
const BYTES = Buffer.from('the bytes of an archive')
const SHA512 = Buffer.from(integrityOfBytes(BYTES).slice(7), 'base64').toString('hex') as Sha512

describe('Depot', () => {
  it('is made of documents, archives and a team', () => {
    for (const part of [Depot, Documents, Tarballs, Team, Bringing, AskBatch]) assert.equal(typeof part, 'function')
  })

  it('tells peers which archives it has, encloses small ones, and gives away nothing that came with credentials', async () => {
    await using scene = new DepotScene()
    scene.registry.publish('1.0.0', BYTES)
    await scene.read('1.0.0')
    await scene.depot[Symbol.asyncDispose]()
    const question = encodeNpmQuestion({ tarballs: [SHA512, 'f'.repeat(128) as Sha512], documents: [{ source: 's', name: 'n' }], enclose: 1 })
    const parts = {
      self: scene.self, allowance: new Allowance(1000), keeping: KEEPS_NOTHING,
      records: scene.records, blobs: scene.blobs, sharesPrivate: () => false, withholds: (): boolean => false, doing: () => undefined,
    }
    const ask = async (changes: Partial<AnswerTeamParts> = {}) => {
      const answer = await answerTeam({ ...parts, ...changes }, { question, from: 'peer-b' as PeerId, now: 0 }, going)
      return decodeNpmAnswer(answer, { tarballs: 2, documents: 1, enclose: 1 })
    }
    const { tarballs, enclosed, documents } = await ask()
    assert.deepEqual([typeof tarballs[0], tarballs[1], documents[0]], ['object', undefined, undefined])
    assert.equal(Buffer.from(enclosed.get(0) ?? []).toString(), BYTES.toString())
    assert.equal((await ask({ withholds: () => true })).tarballs[0], undefined)
    const held = scene.records.tarball(SHA512)
    assert.ok(held)
    const nothing = (): undefined => undefined
    const secret: AnswerTeamParts['records'] = { tarball: () => ({ ...held, isPrivate: true }), form: nothing, document: nothing, keys: nothing }
    assert.equal((await ask({ records: secret })).tarballs[0], undefined)
    assert.equal(typeof (await ask({ records: secret, sharesPrivate: () => true })).tarballs[0], 'object')
  })

  it('tells the one who wants the same that it is coming, where it is', async () => {
    await using scene = new DepotScene()
    const answer = await answerTeam({
      self: scene.self, allowance: new Allowance(1000), keeping: KEEPS_NOTHING,
      records: scene.records, blobs: scene.blobs, sharesPrivate: () => false, withholds: () => false, doing: () => 'fetching',
    }, { question: encodeNpmQuestion({ tarballs: [SHA512], documents: [], enclose: 0 }), from: 'peer-b' as PeerId, now: 0 }, going)
    assert.deepEqual(decodeNpmAnswer(answer, { tarballs: 1, documents: 0, enclose: 0 }).tarballs, ['coming'])
  })
})

describe('Several depots', () => {
  it('fetch an archive once for all of them when they want it at the same time', async () => {
    await using one = new DepotScene()
    await using two = new DepotScene(one.registry, 'peer-b')
    one.registry.publish('1.0.0', BYTES)
    one.others.push(two)
    two.others.push(one)
    const [first, second] = [one.read('1.0.0'), two.read('1.0.0')]
    const all = await one.inTime(two.inTime(Promise.all([first, second])))
    assert.deepEqual(all.map(({ bytes }) => bytes), [BYTES.toString(), BYTES.toString()])
    assert.equal(one.registry.asksFor('tool/-/tool-1.0.0.tgz'), 1)
  })

  it('believes no peer that something is coming for ever', async () => {
    await using scene = new DepotScene()
    const network = {
      self: scene.self, peers: () => [{ peer: 'liar' as PeerId, protocols: ['/ggen/npm/1'] }],
      ask: async () => encodeNpmAnswer({ tarballs: ['coming'], enclosed: new Map(), documents: [] }),
    }
    const team = new Team({ network: network as never, clock: scene.clock, isTeam: () => true })
    assert.equal(await scene.inTime(team.find(SHA512, { signal: going })), undefined)
    const before = scene.clock.monotonic()
    assert.equal(await scene.inTime(team.find(SHA512, { signal: going })), undefined)
    assert.ok(scene.clock.monotonic() - before < NPM_LIMITS.comingMs)
  })
})

describe('A source', () => {
  it('is left alone at once after it failed, and says why', async () => {
    await using scene = new DepotScene()
    scene.registry.isDown = true
    const { source } = scene
    assert.ok(source instanceof Source)
    for (let count = 0; count < 3; count += 1) {
      await assert.rejects(source.ask({ method: 'GET', path: 'tool' }, going), (error) => isGgenError(error, 'registry-unreachable'))
    }
    assert.equal(scene.registry.asksFor('tool'), 1)
    assert.equal(hostOf(source.id), 'registry.example')
  })

  it('gives no more than it may', async () => {
    const body = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('12345')
    }
    const answer = { status: 200, header: () => undefined, cancel: () => undefined }
    assert.equal((await bytesOf({ ...answer, body: body() }, 5)).toString(), '12345')
    await assert.rejects(bytesOf({ ...answer, body: body() }, 4), (error) => isGgenError(error, 'registry-failed'))
  })

  it('is waited for between chunks, and no longer', async () => {
    await using scene = new DepotScene()
    const silent: AsyncIterable<Uint8Array> = { [Symbol.asyncIterator]: () => ({ next: () => Promise.withResolvers<IteratorResult<Uint8Array>>().promise }) }
    const reading = Array.fromAsync(patientBody(silent, { clock: scene.clock, idleMs: 100 }))
    await assert.rejects(scene.inTime(reading), (error) => isGgenError(error, 'timeout'))
  })
})
