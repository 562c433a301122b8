import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  GgenError, type IdentityId, isGgenError, type OpId, type PackageName, parseBanSubject, parseDigest, parsePackageName, parsePeerId, type PublicKey,
} from '#core'
import { temporaryFolder } from '#testing'
import { type ControlClient, controlClient } from './control-client.ts'

const never = new AbortController().signal
const DIGEST = parseDigest(`sha256:${'0'.repeat(64)}`)
const ID = `bafyrei${'a'.repeat(52)}` as OpId

interface Seen {
  readonly route: string
  readonly body: unknown
  readonly accept?: string
}

/** Asks a server that gives `answer` to everything; resolves to what it was asked, and what the client made of the answer. */
const exchange = async <T>(answer: string, ask: (client: ControlClient) => Promise<T>): Promise<{ seen: Seen; result: T }> => {
  await using folder = await temporaryFolder()
  const socketPath = join(folder.path, 's')
  let seen: Seen = { route: '', body: undefined }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString()
      const { accept } = request.headers
      seen = { route: `${request.method} ${request.url}`, body: text === '' ? undefined : JSON.parse(text), ...(accept !== undefined && { accept }) }
      response.end(answer)
    })
  }).listen(socketPath)
  await once(server, 'listening')
  try {
    return { result: await ask(controlClient(socketPath)), seen }
  } finally {
    server.close()
  }
}

const FETCHED = {
  name: 'a', version: '1.0.0', identity: ID, digest: DIGEST, sha512: 'x', sizeBytes: 3,
  sources: [], resumedBytes: 0, wastedBytes: 0, durationMs: 1, proof: { release: ID, identity: ID, sha512: 'x' },
}
const RECEIPT = { name: 'a', version: '1.0.0', identity: ID, digest: DIGEST, sizeBytes: 3, op: ID, holders: 1 }

describe('controlClient', () => {
  it('asks for search, packages and releases by POST', async () => {
    const search = await exchange('{"total":0,"results":[]}', (client) => client.search({ words: ['rust'], limit: 3 }, never))
    assert.deepEqual(search.seen, { route: 'POST /v1/search', body: { words: ['rust'], limit: 3 } })
    assert.deepEqual(search.result, { total: 0, results: [] })
    const about = { name: 'a', identity: ID, version: '1.0.0', standing: 'live', summary: {}, versions: [] }
    assert.deepEqual((await exchange(JSON.stringify(about), (client) => client.info('a@^1', never))).seen, { route: 'POST /v1/info', body: { spec: 'a@^1' } })
    const withSources = await exchange(JSON.stringify({ ...about, origin: 'none', sources: [] }), (client) => client.sources('a', never))
    assert.deepEqual(withSources.seen, { route: 'POST /v1/info', body: { spec: 'a', sources: true } })
    const fetched = await exchange(JSON.stringify(FETCHED), (client) => client.fetch({ spec: 'a' }, never))
    assert.deepEqual(fetched.seen, { route: 'POST /v1/fetch', body: { spec: 'a' } })
  })

  it('asks for a plan', async () => {
    const question = { wanted: [{ spec: 'a@^1', optional: true }], locked: [], update: 'all' } as const
    const plan = { packages: [], left: [] }
    const planned = await exchange(JSON.stringify(plan), (client) => client.plan(question, never))
    assert.deepEqual(planned, { seen: { route: 'POST /v1/plan', body: question }, result: plan })
  })

  it('follows a fetch, and passes its progress on', async () => {
    const progress = { type: 'transfer-progress', digest: DIGEST, receivedBytes: 1, sizeBytes: 3, bytesPerSecond: 1, sources: 1 }
    const heard: unknown[] = []
    const said = [progress, { type: 'something newer' }, progress, { type: 'fetched', release: FETCHED }].map((step) => `data: ${JSON.stringify(step)}\n\n`)
    const followed = await exchange(said.join(''), (client) => client.fetch({ spec: 'a' }, never, (step) => heard.push(step)))
    assert.deepEqual(followed.seen, { route: 'POST /v1/fetch', body: { spec: 'a' }, accept: 'text/event-stream' })
    assert.deepEqual([followed.result, heard], [FETCHED, [progress, progress]])
    const failed = `data: ${JSON.stringify({ type: 'failed', error: new GgenError('no-holder', 'gone') })}\n\n`
    const endings = [
      [failed, 'no-holder'], ['data: {"type":"failed"}\n\n', 'internal'], ['data: {"type":"fetched","release":{}}\n\n', 'internal'],
      ['data: x\n\n', 'frame-invalid'], ['', 'daemon-not-running'],
    ] as const
    for (const [answer, code] of endings) {
      await assert.rejects(exchange(answer, (client) => client.fetch({ spec: 'a' }, never, () => undefined)), (error) => isGgenError(error, code), answer)
    }
  })

  it('carries bytes as base64', async () => {
    const unsigned = { state: 'unsigned', intent: ID, payload: 'AQID', name: 'a', version: '1.0.0' }
    const question = { path: '/p', identity: ID as IdentityId, chain: [Uint8Array.of(1, 2, 3)], feed: 'ed01' as PublicKey }
    const prepared = await exchange(JSON.stringify(unsigned), (client) => client.prepare(question, never))
    assert.deepEqual(prepared.seen, { route: 'POST /v1/publish/prepare', body: { path: '/p', identity: ID, chain: ['AQID'], feed: 'ed01' } })
    assert.deepEqual(prepared.result, { ...unsigned, payload: Uint8Array.of(1, 2, 3) })
    const published = await exchange(JSON.stringify({ state: 'published', receipt: RECEIPT }), (client) => client.prepare(question, never))
    assert.deepEqual(published.result, { state: 'published', receipt: RECEIPT })
    const signature = { key: 'ed01' as PublicKey, signature: Uint8Array.of(255) }
    const committed = await exchange(JSON.stringify(RECEIPT), (client) => client.commit(ID, [signature], never))
    assert.deepEqual(committed.seen, { route: 'POST /v1/publish/commit', body: { intent: ID, signatures: [{ key: 'ed01', signature: '/w==' }] } })
    const statement = { type: 'status', name: 'a' as PackageName, version: '*', state: 'yanked' } as const
    const asked = { identity: ID as IdentityId, chain: [Uint8Array.of(1, 2, 3)], feed: 'ed01' as PublicKey, statement }
    const said = await exchange(JSON.stringify({ intent: ID, payload: 'AQID' }), (client) => client.prepareStatement(asked, never))
    assert.deepEqual(said.seen, { route: 'POST /v1/statements/prepare', body: { ...asked, chain: ['AQID'] } })
    assert.deepEqual(said.result, { intent: ID, payload: Uint8Array.of(1, 2, 3) })
    const receipt = { op: ID, identity: ID, peers: 0 }
    const done = await exchange(JSON.stringify(receipt), (client) => client.commitStatement(ID, [], never))
    assert.deepEqual([done.seen, done.result], [{ route: 'POST /v1/statements/commit', body: { intent: ID, signatures: [] } }, receipt])
  })

  it('asks for the node itself by GET', async () => {
    const health = { status: 'ready', version: '1', pid: 1, peerId: 'p', addresses: [] }
    assert.equal((await exchange(JSON.stringify(health), (client) => client.health(never))).seen.route, 'GET /v1/health')
    const flow = { limits: { up: 1e6 }, rates: { up: 0, down: 5 } }
    const counts = { peers: 0, peersMet: 0, packages: 0, releases: 0, blobs: 0, catalogue: { ops: 0, fingerprint: '00' }, providerRecords: 0 }
    const status = { peerId: 'p', uptimeSeconds: 1, ...counts, topics: [], freshness: 'alone', evidence: { peers: 0, networks: 0, proven: false }, ...flow }
    assert.deepEqual((await exchange(JSON.stringify(status), (client) => client.status(never))).result, status)
    const limits = await exchange(JSON.stringify(flow), (client) => client.limits(never))
    assert.deepEqual([limits.seen.route, limits.result], ['GET /v1/limits', flow])
    const change = await exchange(JSON.stringify(flow), (client) => client.setLimits({ up: 1e6, down: null }, never))
    assert.deepEqual([change.seen, change.result], [{ route: 'PUT /v1/limits', body: { up: 1e6, down: null } }, flow])
    assert.deepEqual((await exchange('[]', (client) => client.peers(never))).result, [])
    assert.deepEqual((await exchange('{}', (client) => client.stop(never))).seen, { route: 'POST /v1/stop', body: {} })
    const pin = { name: 'a', version: '1.0.0', identity: ID, digest: DIGEST, reason: 'pin', since: 1 }
    assert.deepEqual((await exchange(JSON.stringify(pin), (client) => client.pin('a', never))).seen, { route: 'POST /v1/pin', body: { spec: 'a' } })
    assert.deepEqual((await exchange(JSON.stringify({ pins: [pin] }), (client) => client.pins(never))).result, { pins: [pin] })
    const unpinned = await exchange(JSON.stringify({ unpinned: [pin] }), (client) => client.unpin('a', never))
    assert.deepEqual(unpinned, { seen: { route: 'POST /v1/unpin', body: { spec: 'a' } }, result: { unpinned: [pin] } })
    const ban = { subject: '192.0.2.7', reason: '', by: 'user', since: 1, count: 0 }
    const decree = { subject: '192.0.2.7', forMs: 5 }
    const banned = await exchange(JSON.stringify(ban), (client) => client.ban(decree, never))
    assert.deepEqual(banned, { seen: { route: 'POST /v1/ban', body: decree }, result: ban })
    const bans = { bans: [ban], allowed: [] }
    const lists = await exchange(JSON.stringify(bans), (client) => client.bans(never))
    assert.deepEqual(lists, { seen: { route: 'GET /v1/bans', body: undefined }, result: bans })
    const unbanned = await exchange('{"unbanned":"192.0.2.7"}', (client) => client.unban(parseBanSubject('192.0.2.7'), never))
    assert.deepEqual(unbanned.seen, { route: 'POST /v1/unban', body: { subject: '192.0.2.7' } })
    const peer = parsePeerId(`12D3Koo${'W'.repeat(45)}`)
    const allowed = await exchange(JSON.stringify({ peer, since: 1 }), (client) => client.allow(peer, never))
    assert.deepEqual(allowed, { seen: { route: 'POST /v1/allow', body: { peer } }, result: { peer, since: 1 } })
    const disallowed = await exchange(JSON.stringify({ disallowed: peer }), (client) => client.disallow(peer, never))
    assert.deepEqual(disallowed, { seen: { route: 'POST /v1/disallow', body: { peer } }, result: { disallowed: peer } })
    const one = { identity: ID as IdentityId, since: 1 }
    for (const [path, ask] of [['follow', 'follow'], ['unfollow', 'unfollow']] as const) {
      const asked = await exchange(JSON.stringify(one), (client) => client[ask](one.identity, never))
      assert.deepEqual(asked, { seen: { route: `POST /v1/${path}`, body: { identity: ID } }, result: one })
    }
    for (const path of ['block', 'unblock'] as const) {
      const asked = await exchange(JSON.stringify(one), (client) => client[path]({ identity: one.identity, name: 'a' as PackageName }, never))
      assert.deepEqual(asked, { seen: { route: `POST /v1/${path}`, body: { identity: ID, name: 'a' } }, result: one })
    }
    const followed = await exchange(JSON.stringify({ followed: [one] }), (client) => client.followed(never))
    assert.deepEqual([followed.seen.route, followed.result], ['GET /v1/followed', { followed: [one] }])
    const blocked = await exchange(JSON.stringify({ blocked: [one] }), (client) => client.blocked(never))
    assert.deepEqual([blocked.seen.route, blocked.result], ['GET /v1/blocked', { blocked: [one] }])
    const npm = { url: 'http://127.0.0.1:4003/npm/', upstreams: [], scopes: [], cacheBytes: 0, token: 'hush' }
    const door = await exchange(JSON.stringify(npm), (client) => client.npm(never))
    assert.deepEqual([door.seen.route, door.result], ['GET /v1/npm', npm])
    const probe = { name: 'a', wanted: 'latest', route: {}, upstream: {}, peers: [], signatures: 'unchecked', verdict: {} }
    const probed = await exchange(JSON.stringify(probe), (client) => client.npmProbe('a', never))
    assert.deepEqual(probed, { seen: { route: 'POST /v1/npm/probe', body: { spec: 'a' } }, result: probe })
    const lockedOne = { name: 'a', version: '1.0.0', integrity: 'sha512-x', resolved: 'https://r.example/a' }
    const brought = { sha512: 'x', digest: 'y', sizeBytes: 1, from: 'disk' }
    const bringing = await exchange(JSON.stringify(brought), (client) => client.npmBring(lockedOne, never))
    assert.deepEqual(bringing, { seen: { route: 'POST /v1/npm/bring', body: lockedOne }, result: brought })
    const keeping = { lockfile: '/l', tarballs: ['x'], replicas: 3 }
    const kept = await exchange('{"archives":1,"bytes":2,"missing":[]}', (client) => client.npmKeep(keeping, never))
    assert.deepEqual(kept.seen, { route: 'POST /v1/npm/keep', body: keeping })
    const recruited = await exchange('{"wanted":1,"lowest":0,"share":1,"peers":[]}', (client) => client.npmCopies({ lockfile: '/l', waitMs: 1 }, never))
    assert.deepEqual(recruited.seen, { route: 'POST /v1/npm/copies', body: { lockfile: '/l', waitMs: 1 } })
    assert.deepEqual((await exchange('{"kept":[]}', (client) => client.npmKept(never))).result, { kept: [] })
    const dropped = await exchange('{"dropped":true}', (client) => client.npmUnkeep('/l', never))
    assert.deepEqual(dropped.seen, { route: 'POST /v1/npm/unkeep', body: { lockfile: '/l' } })
    const served = await exchange('{"served":[]}', (client) => client.npmServed(7, never))
    assert.deepEqual(served, { seen: { route: 'POST /v1/npm/served', body: { agoMs: 7 } }, result: { served: [] } })
    const packages = [{ name: 'a', version: '1.0.0' }]
    const addresses = await exchange('{"addresses":[null]}', (client) => client.npmAddresses(packages, never))
    assert.deepEqual(addresses, { seen: { route: 'POST /v1/npm/addresses', body: { packages } }, result: { addresses: [null] } })
    const wanted = { lockfiles: [{ path: 'ggen.lock', text: '' }], path: '/x', withPrivate: true }
    const bundle = { path: '/x', sizeBytes: 1, registries: [], releases: 0, left: [], leftOutCount: 0 }
    const made = await exchange(JSON.stringify(bundle), (client) => client.makeBundle(wanted, never))
    assert.deepEqual(made, { seen: { route: 'POST /v1/bundles/make', body: wanted }, result: bundle })
    const taken = { madeAtMs: 1, registries: [], releases: [], left: [], undocumented: [], sizeBytes: 1 }
    const taking = await exchange(JSON.stringify(taken), (client) => client.takeBundle({ path: '/x', trustKeys: false }, never))
    assert.deepEqual(taking, { seen: { route: 'POST /v1/bundles/take', body: { path: '/x', trustKeys: false } }, result: taken })
    const copies = { spec: 'a@1.0.0', replicas: 2, waitMs: 5 }
    const replication = { wanted: 2, holders: [], promised: [], declined: [] }
    const replicated = await exchange(JSON.stringify(replication), (client) => client.replicate(copies, never))
    assert.deepEqual(replicated, { seen: { route: 'POST /v1/replicate', body: copies }, result: replication })
    const blob = await exchange('bytes', async (client) => Buffer.concat(await Array.fromAsync(client.readBlob(DIGEST, never))).toString())
    assert.deepEqual([blob.seen.route, blob.result], [`GET /v1/blobs/${DIGEST}`, 'bytes'])
    const events = await exchange('data: {"type":"synced"}\n\n', (client) => Array.fromAsync(client.events(never)))
    assert.deepEqual([events.seen.route, events.result], ['GET /v1/events', [{ type: 'synced' }]])
    const wish = { words: ['a b', 'ä'], names: [parsePackageName('@c/d')], types: ['status', 'dropped'], scripts: false, since: 7 } as const
    const news = await exchange(':\n\ndata: {"type":"missed","count":1}\n\n', async (client) => Array.fromAsync(await client.watch(wish, never)))
    assert.equal(news.seen.route, 'GET /v1/watch?words=a+b&words=%C3%A4&names=%40c%2Fd&types=status&types=dropped&scripts=false&since=7')
    assert.deepEqual(news.result, [{ type: 'missed', count: 1 }])
    assert.equal((await exchange('', async (client) => Array.fromAsync(await client.watch({ words: [] }, never)))).seen.route, 'GET /v1/watch?')
  })

  it('refuses answers of another form than it knows', async () => {
    const asks: readonly ((client: ControlClient) => Promise<unknown>)[] = [
      (client) => client.health(never), (client) => client.status(never), (client) => client.peers(never), (client) => client.limits(never),
      (client) => client.setLimits({ reset: true }, never), (client) => client.search({ words: [] }, never),
      (client) => client.info('a', never), (client) => client.sources('a', never), (client) => client.fetch({ spec: 'a' }, never),
      (client) => client.plan({ wanted: [], locked: [] }, never),
      (client) => client.pins(never), (client) => client.pin('a', never), (client) => client.unpin('a', never),
      (client) => client.replicate({ spec: 'a', replicas: 1, waitMs: 1 }, never),
      (client) => client.trust(never), (client) => client.trustAdd('a' as PackageName, ID as IdentityId, never),
      (client) => client.trustRemove('a' as PackageName, never), (client) => client.trustWhy('a' as PackageName, never),
      (client) => client.bans(never), (client) => client.ban({ subject: 'x' }, never), (client) => client.unban(parseBanSubject('192.0.2.7'), never),
      (client) => client.followed(never), (client) => client.follow(ID as IdentityId, never), (client) => client.unfollow(ID as IdentityId, never),
      (client) => client.blocked(never), (client) => client.block({ identity: ID as IdentityId }, never),
      (client) => client.unblock({ identity: ID as IdentityId }, never),
      (client) => client.npm(never), (client) => client.npmServed(0, never), (client) => client.npmAddresses([], never),
      (client) => client.npmProbe('a', never), (client) => client.npmBring({ name: 'a', version: '1.0.0' }, never),
      (client) => client.makeBundle({ lockfiles: [], path: '/', withPrivate: false }, never),
      (client) => client.takeBundle({ path: '/', trustKeys: false }, never),
      (client) => client.npmKeep({ lockfile: '/l', tarballs: [], replicas: 1 }, never), (client) => client.npmCopies({ lockfile: '/l', waitMs: 1 }, never),
      (client) => client.npmKept(never), (client) => client.npmUnkeep('/l', never),
      (client) => client.commit(ID, [], never), (client) => client.commitStatement(ID, [], never),
      (client) => client.prepare({ path: '/', identity: ID as IdentityId, chain: [], feed: '' as PublicKey }, never),
    ]
    for (const answer of ['{}', '[{}]', '1', '{"state":"published"}']) {
      for (const ask of asks) await assert.rejects(exchange(answer, ask), (error) => isGgenError(error, 'internal'), `${answer} to ${String(ask)}`)
    }
  })
})
