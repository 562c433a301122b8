import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { suite, test, type TestContext } from 'node:test'
import { isGgenError, parsePackageName, REGISTRY_LIMITS, registryIdOf } from '#core'
import { openHttpClient } from '#registry/http'
import { memoryRegistry, realClock, RegistryServer, TestClock, until } from '#testing'
import { SamplePublisher } from './sample-publication.conformance.ts'
import { Upstream } from './upstream.ts'

const going = (): AbortSignal => new AbortController().signal
const tool = parsePackageName('tool')

const open = async (context: TestContext): Promise<{ readonly server: RegistryServer; readonly upstream: Upstream }> => {
  const server = await RegistryServer.start(memoryRegistry(new TestClock()))
  const http = openHttpClient({ base: server.url })
  const upstream = new Upstream({ id: registryIdOf(new URL(server.url)), name: 'central', http, clock: realClock, isPrivate: false })
  context.after(async () => {
    await upstream[Symbol.asyncDispose]()
    await server[Symbol.asyncDispose]()
  })
  return { server, upstream }
}

suite('A server with all that belongs to it', () => {
  test('remembers answers, hurried and patient ones, and gives bytes', async (context) => {
    const { server, upstream } = await open(context)
    const publication = new SamplePublisher('alice').publish('tool', '1.0.0')
    await upstream.patient.publish(publication, going())
    server.asked.length = 0
    for (const registry of [upstream.source.registry, upstream.source.hurried]) {
      for (let round = 0; round < 2; round++) assert.equal((await registry?.find(tool, going()))?.envelopes.length, 2)
    }
    assert.equal(server.asked.length, 2)
    for (const hurried of [true, false]) {
      const chunks = upstream.read({ ...publication.archive, offset: 0, length: publication.archive.sizeBytes, hurried }, going())
      assert.equal(Buffer.concat(await Array.fromAsync(chunks)).toString(), 'tool 1.0.0')
    }
  })

  test('gets a head start, and none as long as it is late', async (context) => {
    const { server, upstream } = await open(context)
    const isLate = (asked: Promise<unknown>): Promise<boolean> => upstream.isLate(asked, going())
    assert.deepEqual([await isLate(Promise.resolve()), await isLate(Promise.reject(new Error('gone')))], [false, false])
    const held: ServerResponse[] = []
    server.mischief = (_request, response) => held.push(response) > 0
    assert.equal(await isLate(upstream.patient.find(tool, going())), true)
    assert.deepEqual([upstream.isDoubted, upstream.isAvoided], [true, false])
    const began = performance.now()
    assert.equal(await isLate(upstream.patient.find(tool, going())), true)
    assert.ok(performance.now() - began < REGISTRY_LIMITS.headStartMs, 'others are asked at once')
    server.mischief = undefined
    for (const response of held) response.writeHead(404).end()
    await until('it has answered', () => !upstream.isDoubted)
  })

  test('is avoided by the hurried once it failed, and never by those who can ask nobody else', async (context) => {
    const { server, upstream } = await open(context)
    server.mischief = (_request, response) => {
      response.writeHead(500).end()
      return true
    }
    assert.equal(upstream.isAvoided, false)
    for (let round = 0; round < 3; round++) {
      await assert.rejects(async () => upstream.source.hurried?.find(tool, going()), (error) => isGgenError(error, 'registry-failed'))
    }
    assert.deepEqual([upstream.isAvoided, server.asked.length], [true, 1])
    server.mischief = undefined
    await upstream.source.registry.find(tool, going())
    assert.equal(upstream.isAvoided, false)
  })
})
