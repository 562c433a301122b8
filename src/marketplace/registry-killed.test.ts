import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePackageSpec, registryIdOf } from '#core'
import { memoryHub } from '#network'
import { Upstream } from '#registry'
import { openHttpClient } from '#registry/http'
import { memoryRegistry, openMarketplace, realClock, RegistryServer, smallPackage, TestClock } from '#testing'
import { PEERS_ALONE } from './registries.ts'

const INSTALLS = 100
const AT_ONCE = 4
/** What those that were affected may take longer than those that were not. */
const FALLBACK_MS = 1500

const p95 = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0

test('of a hundred installs none fails when the server is killed in the middle, and those it hits are hardly slower', async () => {
  const clock = new TestClock()
  const hub = memoryHub({ clock })
  const { signal } = new AbortController()
  await using author = await openMarketplace({ hub, clock })
  const names = Array.from({ length: INSTALLS }, (_, index) => `tool-${index}`)
  for (const name of names) await author.publish(smallPackage(name))
  const memory = memoryRegistry(clock)
  const { envelopes } = author.catalogue.arrivals(0, 1000)
  await memory.registry.publish({ envelopes, blobs: [], read: ({ digest }) => author.blobs.stream(digest) }, signal)
  await using server = await RegistryServer.start({ registry: memory.registry, blobs: author.blobs })
  const http = openHttpClient({ base: server.url })
  await using central = new Upstream({ id: registryIdOf(new URL(server.url)), name: 'central', http, clock: realClock, isPrivate: false })
  await using user = await openMarketplace({ hub, clock, light: true, registries: { ...PEERS_ALONE, order: 'central-first', central } })
  hub.link(user.network.self, author.network.self)

  const times: number[] = []
  const carriers: string[] = []
  const waiting = [...names.entries()]
  const install = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, name] = next
      if (index === INSTALLS / 2) await server[Symbol.asyncDispose]()
      // Peers in memory need no sockets: without this, those of the server would not be looked at until they are done.
      await new Promise(setImmediate)
      const began = performance.now()
      const { sources } = await user.marketplace.fetch({ spec: parsePackageSpec(name) }, signal)
      times[index] = performance.now() - began
      carriers[index] = sources[0]?.carrier ?? 'none'
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, install))
  const [before, after] = [times.slice(0, INSTALLS / 2 - AT_ONCE), times.slice(INSTALLS / 2 - AT_ONCE)]
  assert.ok(carriers.slice(0, INSTALLS / 2 - AT_ONCE).every((carrier) => carrier === 'http'), carriers.join(' '))
  assert.ok(carriers.slice(INSTALLS / 2 + 1).every((carrier) => carrier !== 'http' && carrier !== 'none'), carriers.join(' '))
  assert.ok(p95(after) < p95(before) + FALLBACK_MS, `p95 was ${p95(before)} ms, and ${p95(after)} ms afterwards`)
})
