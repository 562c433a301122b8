import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { digestOf, GgenError, isGgenError, parsePackageName } from '#core'
import { controlClient } from '#doors/control'
import { memoryHub } from '#network'
import { CentralRegistry } from '#registry'
import { openHttpClient } from '#registry/http'
import {
  freePort, ggen, type HandedOver, handedOver, openMarketplace, realClock, type RunningCentral, seeded, smallPackage, startBalancer, startCentral,
  temporaryFolder, TestClock, until,
} from '#testing'

const LONG = process.env['GGEN_LONG'] === '1'
const PACKAGES = LONG ? 200 : 12
const AT_ONCE = 3

const never = new AbortController().signal

/** Two registries that know each other, each on ports of its own, so that they come back where they were. */
interface Pair {
  readonly ports: readonly number[]
  readonly start: (which: 0 | 1) => Promise<RunningCentral>
  readonly token: string
}

const makePair = async (folder: string): Promise<Pair> => {
  const ports = [await freePort(), await freePort()]
  const peers = [await freePort(), await freePort()]
  const homes = ['first', 'second'].map((name) => join(folder, name))
  for (const home of homes) {
    await mkdir(home, { recursive: true, mode: 0o700 })
    // The same tokens on both.
    await writeFile(join(home, 'config.toml'), `[seed]\nall = true\n[registry]\ntokens_path = "${join(folder, 'shared', 'tokens.json')}"\n`)
  }
  const [first = ''] = homes
  const { token } = (await ggen(first, 'registry', 'token', 'create', '--names', '*', '--json')).json<{ token: string }>()
  const place = (index: number): string => `/ip4/127.0.0.1/tcp/${peers[index] ?? 0}`
  const start = (which: 0 | 1): Promise<RunningCentral> => startCentral({
    home: homes[which] ?? '',
    more: ['--listen', `127.0.0.1:${ports[which] ?? 0}`, '--replicas', '1', '--p2p-listen', place(which), '--bootstrap', place(1 - which)],
  })
  return { ports, start, token }
}

/** What many publishers, who published elsewhere, hand in. */
const publications = async (count: number): Promise<readonly HandedOver[]> => {
  await using elsewhere = await openMarketplace({ hub: memoryHub({ clock: new TestClock() }), clock: new TestClock() })
  const given: HandedOver[] = []
  for (let index = 0; index < count; index += 1) {
    const files = { ...smallPackage(`package-${index}`), 'data.bin': seeded(`${index}`).bytes(50_000) }
    given.push(await handedOver(elsewhere, await elsewhere.publish(files, `publisher ${index % 5}`)))
  }
  return given
}

const clientOf = (url: string, token?: string): { readonly registry: CentralRegistry } & Disposable => {
  const http = openHttpClient({ base: url, ...(token !== undefined && { token }) })
  return { registry: new CentralRegistry({ http, clock: realClock, name: url, isPrivate: false }), [Symbol.dispose]: () => http[Symbol.dispose]() }
}

/** Hands one in until it is acknowledged; whatever goes wrong on the way has to be worth another try. */
const handIn = async ({ registry }: { readonly registry: CentralRegistry }, { envelopes, digest, archive }: HandedOver, failures: string[]): Promise<void> => {
  async function* read(): AsyncGenerator<Uint8Array> {
    yield archive
  }
  const publication = { envelopes, blobs: [{ digest, sizeBytes: archive.length }], read }
  await until(`${digest} is acknowledged`, async () => {
    try {
      await registry.publish(publication, never)
      return true
    } catch (error) {
      if (!isGgenError(error)) throw error
      assert.ok(error.kind.retryable, `${error.code}: ${error.message}`)
      failures.push(error.code)
      return false
    }
  }, 60_000)
}

/** Whether a registry gives a package out: its records and all of its bytes. */
const gives = async ({ registry }: { readonly registry: CentralRegistry }, index: number, { envelopes, digest, archive }: HandedOver): Promise<boolean> => {
  const { envelopes: found } = await registry.find(parsePackageName(`package-${index}`), never)
  const release = Buffer.from(envelopes.at(-1) ?? [])
  if (!found.some((envelope) => release.equals(envelope))) return false
  const blob = { digest, sizeBytes: archive.length }
  const bytes = Buffer.concat(await Array.fromAsync(registry.open(blob, { offset: 0, length: blob.sizeBytes }, never)))
  return digestOf(bytes) === digest
}

test('one of two registries is killed in a storm of publishes behind a plain balancer: nothing acknowledged is lost', { timeout: 240_000 }, async () => {
  await using work = await temporaryFolder()
  const { ports, start, token } = await makePair(work.path)
  const given = await publications(PACKAGES)
  await using stack = new AsyncDisposableStack()
  const [first, second] = await Promise.all([start(0), start(1)])
  for (const one of [first, second]) stack.use(one)
  const balancer = stack.use(await startBalancer(ports))
  const client = stack.use(clientOf(balancer.url, token))
  const straight = ports.map((port) => stack.use(clientOf(`http://127.0.0.1:${port}`)))
  await until('they have met', async () => (await controlClient(join(first.home, 'ggen.sock')).peers(never)).length > 0)

  const acknowledged = new Set<number>()
  const failures: string[] = []
  const restarted = Promise.withResolvers<RunningCentral>()
  const waiting = [...given.entries()]
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, one] = next
      await handIn(client, one, failures)
      acknowledged.add(index)
    }
  }
  const storm = Promise.all(Array.from({ length: AT_ONCE }, worker))
  const disaster = async (): Promise<void> => {
    await until('some are acknowledged', () => acknowledged.size >= PACKAGES / 3, 60_000)
    const before = failures.length
    await second.kill()
    const [survivor] = straight
    assert.ok(survivor !== undefined)
    const sofar = [...acknowledged]
    for (const index of sofar) assert.ok(await gives(survivor, index, given[index] ?? assert.fail()), `package-${index} is with the survivor`)
    assert.ok(sofar.length >= PACKAGES / 3)
    await until('somebody was told to come again', () => failures.length > before, 30_000)
    restarted.resolve(await start(1))
  }
  await Promise.all([storm, disaster()])
  stack.use(await restarted.promise)
  assert.equal(acknowledged.size, PACKAGES)
  for (const [index, one] of given.entries()) {
    for (const registry of straight) {
      const patient = async (): Promise<boolean> => {
        try {
          return await gives(registry, index, one)
        } catch (error) {
          if (error instanceof GgenError && error.kind.retryable) return false
          throw error
        }
      }
      await until(`package-${index} is with both`, patient, 60_000)
    }
  }
  const catalogs = await Promise.all(ports.map(async (port) => (await (await fetch(`http://127.0.0.1:${port}/index.json`)).json()) as { packs: unknown[] }))
  for (const { packs } of catalogs) assert.ok(packs.length >= PACKAGES / 3)
})
