import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type BandwidthLimits, Events, GgenError, isGgenError } from '#core'
import { type ControlClient, controlClient } from '#doors/control'
import { memoryHub } from '#network'
import type { Marketplace } from '#marketplace'
import { temporaryFolder, TestClock, until } from '#testing'
import type { LimitsView } from './limits-view.ts'
import { serveControl } from './serve-control.ts'

const never = new AbortController().signal

interface Door extends AsyncDisposable {
  readonly client: ControlClient
  readonly socketPath: string
}

/** Limits that are kept nowhere. */
const limitsOf = (configured: BandwidthLimits): LimitsView => {
  let now = configured
  return {
    limits: () => now,
    rates: () => ({ up: 0, down: 7 }),
    change: async (change) => {
      const all = Object.entries<number | null | undefined>({ ...now, ...change })
      now = Object.fromEntries(all.filter(([, limit]) => typeof limit === 'number'))
    },
    reset: async () => {
      now = configured
    },
  }
}

const open = async (limits: LimitsView): Promise<Door> => {
  const folder = await temporaryFolder()
  const socketPath = join(folder.path, 's')
  const state = { freshness: 'synced', evidence: { peers: 0, networks: 0, proven: false } } as const
  const status = { packages: 1, releases: 2, blobs: 3, catalogue: { ops: 4, fingerprint: '0f' }, ...state }
  const marketplace = { status: async () => status } as Partial<Marketplace> as Marketplace
  const network = memoryHub({ clock: new TestClock() }).join()
  const door = await serveControl({ marketplace, network, limits, events: new Events(), socketPath, version: '1', stop: () => undefined, signal: never })
  return {
    client: controlClient(socketPath), socketPath,
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const put = async (socketPath: string, body: string): Promise<{ status: number | undefined; code: unknown }> => {
  const asked = request({ socketPath, method: 'PUT', path: '/v1/limits', agent: false, headers: { 'content-type': 'application/json' } })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const text = Buffer.concat(await answer.toArray()).toString()
  return { status: answer.statusCode, code: (JSON.parse(text) as { error?: { code?: unknown } }).error?.code }
}

describe('the limits of a node', () => {
  it('are shown and changed over the control socket', async () => {
    await using door = await open(limitsOf({ up: 1_000_000 }))
    const rates = { up: 0, down: 7 }
    assert.deepEqual(await door.client.limits(never), { limits: { up: 1_000_000 }, rates })
    assert.deepEqual(await door.client.setLimits({ down: 20_000, perPeer: 9000 }, never), { limits: { up: 1_000_000, down: 20_000, perPeer: 9000 }, rates })
    assert.deepEqual(await door.client.setLimits({ up: null }, never), { limits: { down: 20_000, perPeer: 9000 }, rates })
    assert.deepEqual((await door.client.status(never)).limits, { down: 20_000, perPeer: 9000 })
    assert.deepEqual(await door.client.setLimits({ reset: true }, never), { limits: { up: 1_000_000 }, rates })
    for (const body of ['{"up":5}', '{"up":"1MB"}', '{"reset":false}', '{"reset":true,"up":9000}', '{"other":9000}', '']) {
      assert.deepEqual(await put(door.socketPath, body), { status: 400, code: 'usage' }, body)
    }
  })

  it('are changed although the asker goes away, and it is said when they could not be kept', async () => {
    const began = Promise.withResolvers<void>()
    const finish = Promise.withResolvers<void>()
    let changed = 0
    const change = async (): Promise<void> => {
      began.resolve()
      await finish.promise
      changed += 1
    }
    await using door = await open({ ...limitsOf({}), change, reset: () => Promise.reject(new GgenError('disk-full', 'no room')) })
    const controller = new AbortController()
    const asking = door.client.setLimits({ up: null }, controller.signal)
    await began.promise
    controller.abort()
    await assert.rejects(asking)
    finish.resolve()
    await until('the change is made', () => changed === 1)
    await assert.rejects(door.client.setLimits({ reset: true }, never), (error) => isGgenError(error, 'disk-full'))
  })
})
