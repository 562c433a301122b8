import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type IdentityId, type OpId, parseDigest, parseMultiaddr, parsePackageName, parsePeerId, parseVersion, type Proof, type Sha512, type SourceShare,
} from '#core'
import type { PackageReply } from '#doors/control'
import type { Outcome } from './commands/outcome.ts'
import { eventText, peersText, readyText, statusText } from './describe-node.ts'
import { listText, packageText, receiptText } from './describe-packages.ts'
import { sourcesText } from './describe-sources.ts'
import { lookOf } from './look.ts'
import { humanText } from './print-outcome.ts'

const terminal = lookOf({ write: () => undefined, isTTY: true, columns: 100 }, { NO_COLOR: '1' })
const pipe = lookOf({ write: () => undefined, isTTY: false }, {})
const ID = `bafyrei${'a'.repeat(40)}bcdefghijklm` as IdentityId
const PEER = parsePeerId(`12D3Koo${'W'.repeat(45)}`)
const ADDRESS = parseMultiaddr('/ip4/192.0.2.1/tcp/4001')
const NAME = parsePackageName('rust-web')
const VERSION = parseVersion('1.2.0')
const DIGEST = parseDigest(`sha256:${'0'.repeat(64)}`)
const SUMMARY = { title: 'Web', description: 'A fast\u202e framework', tags: ['rust', 'web'], category: 'templates', license: 'MIT', author: '' }
const PACKAGE: PackageReply = {
  name: NAME, identity: ID, version: VERSION, standing: 'live', summary: SUMMARY, digest: DIGEST, sizeBytes: 12_345, op: ID as OpId,
  publishedAt: 1_795_232_949, scripts: true, bins: 1, dependencies: 2, holders: 3,
  versions: [{ version: VERSION, standing: 'live', publishedAt: 1 }, { version: parseVersion('1.1.0'), standing: 'yanked', publishedAt: 1 }],
}

const REPORT = { resumedBytes: 0, wastedBytes: 0, durationMs: 1234 }
const PROOF: Proof = { release: ID as OpId, identity: ID, sha512: '0'.repeat(128) as Sha512 }
const share = (bytes: number): SourceShare => ({ peer: PEER, carrier: 'tls', bytes, ranges: [[0, bytes]], bytesPerSecond: 2_000_000 })

describe('results of packages', () => {
  it('describe a package without anything that a terminal could obey', () => {
    const text = packageText(PACKAGE, terminal)
    assert.match(text, /^rust-web 1\.2\.0\nA fast framework\n\n/)
    assert.match(text, /content +12\.3 kB, 2 dependencies, 1 program, install scripts \(ggen never runs them\)\n/)
    assert.match(text, /versions +1\.2\.0, 1\.1\.0 \(yanked\)\n/)
    assert.doesNotMatch(text, /author/)
    assert.match(packageText({ ...PACKAGE, standing: 'yanked', why: 'broken\u001b' }, terminal), /^rust-web 1\.2\.0 {2}yanked: broken\n/)
    const warned = { ...PACKAGE, blocked: { by: 'you' }, advice: [{ by: PACKAGE.identity, range: '*', severity: 'low', at: 1 }] } as const
    assert.match(packageText(warned, terminal), /^rust-web 1\.2\.0\nblocked by you\nlow, says .* of \*\n/)
    assert.match(packageText({ ...PACKAGE, publishedAt: 2 ** 50 }, terminal), /published +unknown\n/)
  })

  it('say who holds what was published, and where installed bytes came from', () => {
    const receipt = { name: NAME, version: VERSION, identity: ID, digest: DIGEST, sizeBytes: 10, op: ID as OpId, holders: 1 }
    assert.match(receiptText(receipt, terminal), /held by +this node alone; keep it running/)
    assert.match(receiptText({ ...receipt, holders: 3 }, terminal), /held by +3 nodes\n/)
    const installed = { name: NAME, version: VERSION, identity: ID, digest: DIGEST, path: '/p/rust-web' }
    assert.equal(listText([installed], pipe), `rust-web\t1.2.0\t${ID}\t/p/rust-web\n`)
  })
})

describe('the sources of an archive', () => {
  const fetched = { ...PACKAGE, ...REPORT, origin: 'fetched', fetchedAt: 1_795_232_949_000, sources: [share(12_000), share(345)], proof: PROOF } as const

  it('are who gave which bytes, how fast, and what made them trusted', () => {
    assert.equal(sourcesText(fetched, terminal), [
      'rust-web 1.2.0',
      'fetched    2026-11-21 03:49Z, 12.3 kB in 1.2 s from 2 peers',
      `signed by  bcde-fghi-jklm (${ID})`,
      `release    ${ID}`,
      `sha256     ${'0'.repeat(64)}`,
      `sha512     ${'0'.repeat(128)}`,
      '',
      'FROM                                                    BYTES      RATE  OVER  WHICH',
      `${PEER}  12.0 kB  2.0 MB/s  TLS   0-11999`,
      `${PEER}    345 B  2.0 MB/s  TLS   0-344`,
      '',
    ].join('\n'))
    const resumed = sourcesText({ ...fetched, sources: [], resumedBytes: 12_345, wastedBytes: 7, proof: { ...PROOF, chunks: ID as OpId } }, terminal)
    assert.match(resumed, /from 0 peers\nwas here +12\.3 kB\nin vain +7 B\n[^]*\npieces +bafyrei\S+\n$/)
    assert.equal(sourcesText(fetched, pipe), `${PEER}\t12000\t2000000\ttls\t0-11999\n${PEER}\t345\t2000000\ttls\t0-344\n`)
  })

  it('are nobody where it was published here, or never fetched', () => {
    for (const [origin, remark] of [['published', 'rust-web 1.2.0 was published here'], ['none', 'rust-web 1.2.0 was never fetched here']] as const) {
      assert.deepEqual(humanText({ kind: 'sources', value: { ...PACKAGE, origin, sources: [] } }, terminal), { result: '', remark })
    }
    assert.equal(humanText({ kind: 'sources', value: fetched }, terminal).remark, undefined)
  })
})

describe('results of a node', () => {
  it('say where it listens and what to type next', () => {
    const ready = { peerId: PEER, addresses: [ADDRESS, parseMultiaddr('/ip6/::1/tcp/1')], home: '/h', pid: 7 }
    assert.match(readyText(ready, undefined, terminal), /^a node is running for \/h\n\n[^]*Ctrl-C/)
    assert.match(readyText(ready, undefined, terminal), /listens on +\/ip4\/192\.0\.2\.1\/tcp\/4001\n +\/ip6\/::1\/tcp\/1\n/)
    assert.match(readyText(ready, '/h/node.log', terminal), /log +\/h\/node\.log\n[^]*ggen p2p stop/)
    assert.match(readyText(ready, undefined, { ...terminal, command: 'npx ggen' }), /\nnpx ggen publish FOLDER/)
    assert.match(readyText({ ...ready, addresses: [] }, undefined, terminal), /no address/)
  })

  it('show what people want to see of events', () => {
    assert.equal(eventText({ type: 'peer-connected', peer: PEER, address: ADDRESS }), `peer ${PEER} connected (${ADDRESS})`)
    assert.equal(eventText({ type: 'peer-disconnected', peer: PEER }), `peer ${PEER} left`)
    assert.equal(eventText({ type: 'release-added', name: NAME, version: VERSION, identity: ID, source: 'gossip' }), 'rust-web 1.2.0 is new in the catalogue')
    const changed = { type: 'status-changed', name: NAME, identity: ID, source: 'sync' } as const
    assert.equal(eventText({ ...changed, version: VERSION, state: 'yanked', why: 'loses\ndata' }), 'rust-web 1.2.0 is yanked: loses data')
    assert.equal(eventText({ ...changed, version: '*', state: 'deprecated' }), 'all of rust-web is deprecated')
    const copies = { type: 'npm-copies-changed', lockfile: '/p/yarn.lock', wanted: 3, lowest: 1, share: 0.666 } as const
    assert.equal(eventText(copies), '/p/yarn.lock: at least 1 on other nodes; 66 % of the archives have 3')
    assert.equal(eventText({ type: 'task-failed', task: 'sync', code: 'timeout', message: 'a\nb' }), 'sync failed: a b (timeout)')
    assert.equal(eventText({ type: 'peer-banned', peer: PEER, reason: 'lies\u001b' }), `peer ${PEER} is banned: lies`)
    assert.equal(eventText({ type: 'peer-banned', peer: PEER, reason: '' }), `peer ${PEER} is banned`)
    assert.equal(eventText({ type: 'synced', peer: PEER, added: 1, durationMs: 1 }), undefined)
  })

  it('show its state and its peers', () => {
    const status = {
      peerId: PEER, uptimeSeconds: 61, peers: 2, peersMet: 4, packages: 1, releases: 2, blobs: 3, providerRecords: 3, topics: ['/ggen/main/ops/1'],
      freshness: 'alone',
      evidence: { peers: 0, networks: 0, proven: false }, catalogue: { ops: 4, fingerprint: '0f' }, limits: { up: 1_000_000 }, rates: { up: 2000, down: 0 },
    } as const
    assert.match(statusText(status, terminal), /up for +1 min\n[^]*catalogue +1 package, 2 releases; no peer to compare with\n/)
    assert.match(statusText(status, terminal), /\nfresh +unproven: compared with nobody in the last day; no record yet\n/)
    const catching = { ops: 12_345, of: 100_000, opsPerSecond: 4321.6 }
    assert.match(statusText({ ...status, catching }, terminal), /\nbrought +12345 of 100000 records \(12 %\), 4322 a second\n/)
    assert.match(statusText({ ...status, catching: { ...catching, remainingMs: 20_001 } }, terminal), / a second, 21 s left\n/)
    assert.match(statusText({ ...status, catching: { ops: 0, of: 0, opsPerSecond: 0 } }, terminal), /0 of 0 records \(100 %\), 0 a second\n/)
    assert.match(statusText(status, terminal), /\nsends +2\.0 kB\/s of 1\.0 MB\/s\n$/)
    const peer = { peerId: PEER, direction: 'inbound', since: 0, protocols: [] } as const
    assert.equal(peersText([{ ...peer, latencyMs: 1.5, score: 0.123, address: ADDRESS }], pipe), `${PEER}\tinbound\t1.5\t0.123\t0\t${ADDRESS}\n`)
    assert.match(peersText([peer], terminal), /PEER +DIRECTION +LATENCY +SCORE +SINCE +ADDRESS\n.* - {6}- {2}1970-01-01 00:00Z {2}-\n/)
    assert.match(peersText([{ ...peer, score: 0.876 }], terminal), / 0\.88 {2}1970/)
  })
})

describe('humanText', () => {
  it('ends every result with a line break, and says something about empty ones', () => {
    const outcomes: readonly Outcome[] = [
      { kind: 'stopped', value: { stopped: true, pid: 1 } },
      { kind: 'peers', value: [] },
      { kind: 'bans', value: { bans: [], allowed: [] } },
      { kind: 'allowed', value: { peer: PEER, since: 1 } },
      { kind: 'disallowed', value: { disallowed: PEER } },
      { kind: 'unbanned', value: { unbanned: PEER } },
      { kind: 'banned', value: { subject: PEER, reason: '', by: 'user', since: 1, count: 0 } },
      { kind: 'found', value: { total: 0, results: [] } },
      { kind: 'listed', value: { packages: [] } },
      { kind: 'described', value: PACKAGE },
      { kind: 'event', value: { type: 'peer-disconnected', peer: PEER } },
    ]
    for (const outcome of outcomes) {
      const { result, remark } = humanText(outcome, terminal)
      assert.ok(result === '' ? remark !== undefined && !remark.includes('\n') : result.endsWith('\n'), outcome.kind)
    }
  })
})
