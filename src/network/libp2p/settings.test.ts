import { LIMITS, parsePeerId } from '#core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ASKED, CONNECTIONS, GOSSIP, MUXER, namesOf, PING, QUESTIONS, STREAMS, yieldsTo } from './settings.ts'

test('The names of a network contain its name', () => {
  assert.deepEqual(namesOf('main'), { agent: '/ggen/1.0.0/main', dht: '/ggen/main/kad/1', topic: '/ggen/main/ops/1', service: '_ggen-main._udp.local' })
})

test('A stream can hold one whole answer, and its window never more than its buffer', () => {
  const { maxStreamWindowSize, maxReadBufferLength, maxWriteBufferLength } = MUXER.streamOptions
  assert(maxStreamWindowSize <= maxReadBufferLength)
  assert(maxWriteBufferLength > LIMITS.messageBytes)
})

test('One protocol cannot take all streams of a connection', () => {
  assert(LIMITS.streamsPerProtocol * 4 <= MUXER.maxInboundStreams)
  assert(LIMITS.streamsPerProtocol * 4 <= MUXER.maxOutboundStreams)
})

test('Every protocol has a rate, and that of blobs allows half a gigabyte per second', () => {
  assert.deepEqual(Object.keys(QUESTIONS).sort(), [...ASKED].sort())
  assert(QUESTIONS['/ggen/blob/1'].perSecond * LIMITS.blobRangeBytes >= 512 * 1024 * 1024)
})

test('New streams of one connection are bounded, and no protocol alone is refused for it', () => {
  for (const { perSecond, burst } of Object.values(QUESTIONS)) assert(perSecond < STREAMS.perSecond && burst < STREAMS.burst)
})

test('Half-open sockets of one host leave room for others', () => {
  const perHostPending = 5 * (CONNECTIONS.inboundUpgradeTimeout / 1000)
  assert(perHostPending * 4 < CONNECTIONS.maxIncomingPendingConnections)
})

test('The parts that ping at once do not exhaust the streams of ping', () => assert(PING.maxOutboundStreams >= 3))

test('What waits for slow readers is bounded by far less than every place filled', () => {
  assert(LIMITS.unsentBytes < LIMITS.pendingQuestions * LIMITS.messageBytes)
  assert(GOSSIP.packetBytes <= 2 * LIMITS.messageBytes)
})

test('Of two peers exactly one yields', () => {
  const [a, b] = ['12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN', '12D3KooWRBhwfeP2Y4TCx1SM6s9rUoHhR5STiGwxBhgFRcw3UERE'].map(parsePeerId)
  assert(a !== undefined && b !== undefined)
  assert.notEqual(yieldsTo(a, b), yieldsTo(b, a))
})

test('With a key the local network hears a name that tells nothing and is another for every key and network; without one it hears that of the network', () => {
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  assert.equal(namesOf('acme').service, '_ggen-acme._udp.local')
  const services = [namesOf('acme', key), namesOf('acme', other), namesOf('team', key)].map(({ service }) => service)
  assert.equal(new Set(services).size, 3)
  for (const service of services) assert.match(service, /^_ggen-[0-9a-f]{32}\._udp\.local$/)
  assert.deepEqual(namesOf('acme', key), { ...namesOf('acme'), service: services[0] })
})
