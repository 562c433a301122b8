import assert from 'node:assert/strict'
import { once } from 'node:events'
import { lstat } from 'node:fs/promises'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  Events, GgenError, type IdentityId, isGgenError, type OpId, parseDigest, parseMultiaddr, parsePackageName, parsePeerId, parseVersion,
  type PublicKey, type Sha512, type TransferProgress,
} from '#core'
import { type ControlClient, controlClient } from '#doors/control'
import { memoryHub } from '#network'
import type { FetchedRelease, PublishReceipt, Marketplace } from '#marketplace'
import { temporaryFolder, TestClock, until } from '#testing'
import { type ControlOptions, serveControl } from './serve-control.ts'

const never = new AbortController().signal
const SELF = parsePeerId(`12D3Koo${'W'.repeat(45)}`)
const ID = `bafyrei${'a'.repeat(52)}` as OpId
const DIGEST = parseDigest(`sha256:${'0'.repeat(64)}`)
const FEED = `ed01${'0'.repeat(64)}` as PublicKey
const PREPARE = { path: '/p', identity: ID as IdentityId, chain: [Uint8Array.of(1)], feed: FEED }
const SIGNATURE = { key: FEED, signature: new Uint8Array(64) }
const RECEIPT: PublishReceipt = {
  name: parsePackageName('a'), version: parseVersion('1.0.0'), identity: ID as IdentityId, digest: DIGEST, sizeBytes: 1, op: ID, holders: 1,
}
const FETCHED: FetchedRelease = {
  name: RECEIPT.name, version: RECEIPT.version, identity: RECEIPT.identity, digest: DIGEST, sha512: 'x' as Sha512, sizeBytes: 1,
  sources: [], resumedBytes: 0, wastedBytes: 0, durationMs: 1, proof: { release: ID, identity: RECEIPT.identity, sha512: 'x' as Sha512 },
}
const PROGRESS: TransferProgress = { type: 'transfer-progress', digest: DIGEST, receivedBytes: 1, sizeBytes: 2, bytesPerSecond: 3, sources: 1 }

interface Door extends AsyncDisposable {
  readonly client: ControlClient
  readonly socketPath: string
  readonly events: Events
}

const { access } = memoryHub({ clock: new TestClock() }).join()

const network: ControlOptions['network'] = {
  access,
  self: SELF,
  addresses: () => [parseMultiaddr(`/ip4/127.0.0.1/tcp/1/p2p/${SELF}`)],
  peers: () => [{ peer: SELF, address: undefined, direction: 'inbound', since: 5, protocols: ['/ggen/blob/1'] }],
  dial: () => Promise.reject(new GgenError('peer-unreachable', 'nobody is there')),
  stats: () => ({ providerRecords: 4, topics: ['/ggen/main/ops/1'], peersMet: 6 }),
}

const nothing = (): Promise<void> => Promise.resolve()
const limits: ControlOptions['limits'] = { limits: () => ({}), rates: () => ({ up: 0, down: 7 }), change: nothing, reset: nothing }

/** A door over a marketplace that has only the methods a test gives it. */
const open = async (methods: Partial<Marketplace>, options: Partial<ControlOptions> = {}): Promise<Door> => {
  const folder = await temporaryFolder()
  const socketPath = join(folder.path, 's')
  const events = new Events()
  const parts = { marketplace: methods as Marketplace, network, limits, events, socketPath, version: '1.2.3' }
  const door = await serveControl({ ...parts, stop: () => undefined, signal: never, ...options })
  return {
    client: controlClient(socketPath), socketPath, events,
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

/** Work that only ends by its signal, and tells when it began and how it ended. */
const stuck = (): { work: (...args: readonly unknown[]) => Promise<never>; began: Promise<void>; ended: Promise<unknown> } => {
  const began = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<unknown>()
  const work = (...args: readonly unknown[]): Promise<never> =>
    new Promise((_resolve, reject) => {
      const signal = args.at(-1) as AbortSignal
      began.resolve()
      signal.addEventListener('abort', () => {
        ended.resolve(signal.reason)
        reject(signal.reason as Error)
      })
    })
  return { work, began: began.promise, ended: ended.promise }
}

type Plain = readonly [method: string, path: string, body?: string, type?: string]

const raw = async (socketPath: string, [method, path, body, type = 'application/json']: Plain): Promise<{ status: number | undefined; code: unknown }> => {
  const asked = request({ socketPath, method, path, agent: false, headers: body === undefined ? {} : { 'content-type': type } })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const text = Buffer.concat(await answer.toArray()).toString()
  return { status: answer.statusCode, code: (JSON.parse(text) as { error?: { code?: unknown } }).error?.code }
}

describe('serveControl', () => {
  it('tells of the node', async () => {
    const catalogue = { ops: 4, fingerprint: '0f' }
    const evidence = { peers: 2, networks: 1, newestOpAt: 5, newestOpAgeSeconds: 9, proven: false }
    const known = { packages: 1, releases: 2, blobs: 3, catalogue, evidence }
    await using door = await open({ peerScore: () => 0.5, status: async () => ({ ...known, freshness: 'synced' }) })
    const status = await door.client.status(never)
    assert.ok(Number.isInteger(status.uptimeSeconds) && status.uptimeSeconds >= 0)
    assert.deepEqual(status, {
      peerId: SELF, uptimeSeconds: status.uptimeSeconds,
      peers: 1, peersMet: 6, packages: 1, releases: 2, blobs: 3, providerRecords: 4, topics: ['/ggen/main/ops/1'], freshness: 'synced',
      evidence, catalogue, limits: {}, rates: { up: 0, down: 7 },
    })
    const catching = { ops: 1, of: 4, opsPerSecond: 2, remainingMs: 1500 }
    await using busy = await open({ status: async () => ({ ...known, freshness: 'syncing', catching }) })
    assert.deepEqual((await busy.client.status(never)).catching, catching)
    assert.deepEqual(await door.client.peers(never), [{ peerId: SELF, direction: 'inbound', score: 0.5, since: 5, protocols: ['/ggen/blob/1'] }])
    assert.deepEqual(await door.client.health(never), { status: 'ready', version: '1.2.3', pid: process.pid, peerId: SELF, addresses: network.addresses() })
    assert.equal((await lstat(door.socketPath)).mode & 0o777, 0o600)
  })

  it('passes questions on as core values, and answers back', async () => {
    const asked: unknown[] = []
    await using door = await open({
      search: async (query) => (asked.push(query), { total: 0, results: [] }),
      info: async (spec) => (asked.push(spec), { ...RECEIPT, standing: 'live', summary: {}, versions: [] } as never),
      sources: async (spec) => (asked.push(spec), { ...RECEIPT, standing: 'live', summary: {}, versions: [], origin: 'none', sources: [] } as never),
      fetch: async (spec) => (asked.push(spec), FETCHED),
      prepare: async (question) => (asked.push(question), { ...RECEIPT, state: 'unsigned', intent: ID, payload: Uint8Array.of(7) }),
      commit: async (intent, signatures) => (asked.push(intent, signatures.length), RECEIPT),
      read: () => ReadableStream.from([Buffer.from('by'), Buffer.from('tes')]),
    })
    assert.deepEqual(await door.client.search({ words: ['x'] }, never), { total: 0, results: [] })
    assert.equal((await door.client.info('a@^1', never)).standing, 'live')
    assert.equal((await door.client.sources('b', never)).origin, 'none')
    assert.deepEqual(await door.client.fetch({ spec: `@${ID}/a` }, never), FETCHED)
    const prepared = await door.client.prepare(PREPARE, never)
    assert.ok(prepared.state === 'unsigned' && prepared.payload[0] === 7)
    assert.deepEqual(await door.client.commit(ID, [SIGNATURE], never), RECEIPT)
    assert.deepEqual(asked, [{ words: ['x'] }, { name: 'a', range: '^1' }, { name: 'b' }, { spec: { name: 'a', identity: ID } }, PREPARE, ID, 1])
    assert.equal(Buffer.concat(await Array.fromAsync(door.client.readBlob(DIGEST, never))).toString(), 'bytes')
  })

  it('tells an asker that listens how far its fetch is, and how it ended', async () => {
    const heard: TransferProgress[] = []
    const hear = (progress: TransferProgress): void => void heard.push(progress)
    await using door = await open({
      fetch: async ({ spec: { name } }, _signal, onProgress) => {
        if (name !== 'known') for (const receivedBytes of [1, 2]) onProgress?.({ ...PROGRESS, receivedBytes })
        if (name === 'held') return FETCHED
        if (name === 'broken') throw new TypeError('x is not a function')
        throw new GgenError('no-holder', 'gone', { details: { name } })
      },
    })
    const defects: string[] = []
    door.events.subscribe((event) => event.type === 'task-failed' && defects.push(event.task))
    assert.deepEqual(await door.client.fetch({ spec: 'held' }, never, hear), FETCHED)
    assert.deepEqual(heard.map(({ receivedBytes }) => receivedBytes), [1, 2])
    for (const name of ['known', 'late']) {
      await assert.rejects(door.client.fetch({ spec: name }, never, hear), (error) => isGgenError(error, 'no-holder') && error.details['name'] === name)
    }
    await assert.rejects(door.client.fetch({ spec: 'broken' }, never, hear), (error) => isGgenError(error, 'internal'))
    assert.deepEqual(defects, ['POST /v1/fetch'])
  })

  it('aborts a fetch whose listener goes away', async () => {
    const { work, began, ended } = stuck()
    await using door = await open({ fetch: async (_spec, signal, onProgress) => (onProgress?.(PROGRESS), await work(signal)) })
    const controller = new AbortController()
    const fetching = door.client.fetch({ spec: 'a' }, controller.signal, () => controller.abort(new GgenError('timeout', 'enough')))
    await began
    await assert.rejects(fetching, (error) => isGgenError(error, 'timeout'))
    assert.ok(isGgenError(await ended, 'cancelled'))
  })

  it('gives every thrown thing a code and the catalogue\'s HTTP status', async () => {
    const events: string[] = []
    await using door = await open({
      info: () => Promise.reject(new GgenError('name-contested', 'two', { details: { identities: [ID] } })),
      fetch: () => { throw new TypeError('x is not a function') },
      read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new GgenError('blob-not-found', 'gone')) }) }),
    })
    door.events.subscribe((event) => events.push(event.type))
    await assert.rejects(door.client.info('a', never), (error) => isGgenError(error, 'name-contested') && Array.isArray(error.details['identities']))
    await assert.rejects(door.client.fetch({ spec: 'a' }, never), (error) => isGgenError(error, 'internal') && error.message === 'x is not a function')
    await assert.rejects(Array.fromAsync(door.client.readBlob(DIGEST, never)), (error) => isGgenError(error, 'blob-not-found'))
    assert.deepEqual(events, ['task-failed'], 'a defect also becomes an event')
    assert.deepEqual(await raw(door.socketPath, ['POST', '/v1/info', '{"spec":"a"}']), { status: 409, code: 'name-contested' })
    assert.deepEqual(await raw(door.socketPath, ['POST', '/v1/fetch', '{"spec":"a"}']), { status: 500, code: 'internal' })
  })

  it('answers usage to what it does not understand', async () => {
    await using door = await open({})
    const table: readonly Plain[] = [
      ['GET', '/'], ['GET', '/v1/nothing'], ['DELETE', '/v1/status'], ['GET', '/v1/blobs/%zz'], ['GET', `/v1/blobs/${'x'.repeat(300)}`],
      ['POST', '/v1/search', ''], ['POST', '/v1/search', '{'], ['POST', '/v1/search', '"x"'], ['POST', '/v1/search', '{"words":["a"]}', 'text/plain'],
      ['POST', '/v1/search', '{"__proto__":{"a":1},"words":[]}'], ['POST', '/v1/search', '{"constructor":{"prototype":1},"words":[]}'],
      ['POST', '/v1/search', 'words=a', 'application/x-www-form-urlencoded'], ['POST', '/v1/stop', '[]'],
    ]
    for (const plain of table) assert.deepEqual(await raw(door.socketPath, plain), { status: 400, code: 'usage' }, plain.join(' '))
    assert.deepEqual(await raw(door.socketPath, ['GET', '/v1/blobs/x']), { status: 400, code: 'digest-invalid' })
    const head = 'POST /v1/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
    for (const bytes of ['this is not HTTP\r\n\r\n', `${head}content-length: ${1024 * 1024 + 1}\r\n\r\n`, `${head}x: ${'x'.repeat(20_000)}\r\n\r\n`]) {
      const socket = connect(door.socketPath)
      socket.end(bytes)
      assert.match(Buffer.concat(await socket.toArray()).toString(), /^HTTP\/1\.1 400 [^]*"usage"/)
    }
  })

  it('aborts the work of an asker that goes away', async () => {
    const search = stuck()
    await using door = await open({ search: search.work })
    const controller = new AbortController()
    const asking = door.client.search({ words: ['a'] }, controller.signal)
    await search.began
    controller.abort(new GgenError('timeout', 'enough'))
    await assert.rejects(asking, (error) => isGgenError(error, 'timeout'))
    assert.ok(isGgenError(await search.ended, 'cancelled'))
  })

  it('finishes a commit although its asker goes away, and waits for it when it closes', async () => {
    const began = Promise.withResolvers<AbortSignal>()
    const finish = Promise.withResolvers<void>()
    let committed = false
    const door = await open({
      commit: async (_intent, _signature, signal) => {
        began.resolve(signal)
        await finish.promise
        committed = true
        return RECEIPT
      },
    })
    const controller = new AbortController()
    const asking = door.client.commit(ID, [SIGNATURE], controller.signal)
    const signal = await began.promise
    controller.abort()
    await assert.rejects(asking)
    let closed = false
    const closing = door[Symbol.asyncDispose]().then(() => (closed = true))
    await new Promise((turn) => setImmediate(turn))
    assert.ok(!closed && !signal.aborted)
    finish.resolve()
    await closing
    assert.ok(committed)
  })

  it('streams events until it closes, and then leaves no socket', async () => {
    const door = await open({})
    const stream = door.client.events(never)[Symbol.asyncIterator]()
    const first = stream.next()
    await until('the event arrives', async () => {
      door.events.emit({ type: 'task-failed', task: 'a', code: 'internal', message: 'm' })
      return Promise.race([first, Promise.resolve(false as const)])
    })
    assert.equal((await first).value?.type, 'task-failed')
    const closing = door[Symbol.asyncDispose]()
    await until('the stream ends', async () => (await stream.next()).done)
    await closing
    await assert.rejects(lstat(door.socketPath), { code: 'ENOENT' })
    await assert.rejects(door.client.health(never), (error) => isGgenError(error, 'daemon-not-running'))
    await door[Symbol.asyncDispose]()
  })

  it('aborts all work when its signal aborts or it closes', async () => {
    const controller = new AbortController()
    const first = stuck()
    await using door = await open({ search: first.work }, { signal: controller.signal })
    const asking = door.client.search({ words: ['a'] }, never)
    await first.began
    controller.abort()
    await assert.rejects(asking, (error) => isGgenError(error, 'cancelled') && error.message === 'the node stops')
    await assert.rejects(door.client.search({ words: ['a'] }, never), (error) => isGgenError(error, 'cancelled'))
    await assert.rejects(open({}, { signal: controller.signal }))
  })

  it('calls stop after it has answered', async () => {
    const stopped = Promise.withResolvers<void>()
    await using door = await open({}, { stop: stopped.resolve })
    await door.client.stop(never)
    await stopped.promise
  })

  it('closes although a client neither asks nor leaves', async () => {
    const door = await open({})
    const silent = connect(door.socketPath)
    await once(silent, 'connect')
    silent.write('POST /v1/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{')
    const gone = once(silent, 'close')
    await door.client.health(never)
    await door[Symbol.asyncDispose]()
    await gone
  })

  it('refuses a socket on which another node answers', async () => {
    await using door = await open({})
    await assert.rejects(open({}, { socketPath: door.socketPath }), (error) => isGgenError(error, 'daemon-already-running'))
    await door.client.health(never)
  })
})
