import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  type ErrorCode, type IdentityId, isGgenError, parsePackageName, parsePeerId,
} from '#core'
import type { Environment } from '#config'
import type { ControlClient, HealthReply } from '#doors/control'
import { type Context, createContext, type Run } from './context.ts'
import { Deadline } from './deadline.ts'
import { allowPeer } from './allow-peer.ts'
import { banPeer } from './ban-peer.ts'
import { describePackage, describeSources } from './describe-package.ts'
import { block, follow, listBlocked, listFollowed, unblock, unfollow } from './follow.ts'
import { limitBandwidth } from './limit-bandwidth.ts'
import { listBans } from './list-bans.ts'
import { listInstalled } from './list-installed.ts'
import { listPeers } from './list-peers.ts'
import { listPins } from './list-pins.ts'
import { pin } from './pin.ts'
import { search } from './search.ts'
import { showStatus } from './show-status.ts'
import { stopNode } from './stop-node.ts'
import { addTrusted, explainTrust, listTrusted, removeTrusted } from './trust.ts'
import { unbanPeer } from './unban-peer.ts'
import { unpin } from './unpin.ts'
import type { World } from './world.ts'

const ID = `bafyrei${'a'.repeat(52)}` as IdentityId
const NAME = parsePackageName('a')

const HEALTH = { status: 'ready', version: '1', pid: 77, peerId: 'p', addresses: [] } as unknown as HealthReply

const environment: Environment = {
  env: { GGEN_HOME: '/home/ada/.ggen' }, dotGgen: false, readConfigFile: async () => undefined,
  platform: { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/project', userId: 1 },
}

interface Trial {
  readonly client?: Partial<ControlClient>
  readonly world?: Partial<World>
}

/** Runs a command with the parts that a test gives; everything it says is collected. */
const tried = async (run: Run, { client = {}, world = {} }: Trial): Promise<{ value: unknown; said: readonly string[] }> => {
  const said: string[] = []
  const never = new AbortController().signal
  using deadline = new Deadline(never, 60)
  const whole = world as World
  const watchFetch: Context['watchFetch'] = (_name, fetch) => fetch()
  const print = (): never => assert.fail('prints nothing itself')
  const context: Context = createContext(whole, environment, { deadline, print, show: print, say: (line) => said.push(line), watchFetch })
  assert.equal(context.places.home, '/home/ada/.ggen')
  const outcome = await run({ ...context, client: { health: async () => HEALTH, ...client } as ControlClient })
  return { value: outcome?.value, said }
}

const fails = (run: Run, trial: Trial, code: ErrorCode): Promise<void> => assert.rejects(tried(run, trial), (error) => isGgenError(error, code))

describe('search', () => {
  it('asks with words or any filter, and refuses a question without them', async () => {
    const reply = { total: 0, results: [] }
    const client = { search: async () => reply }
    const publishers = [{ author: 'a' }, { license: 'MIT' }, { publisher: ID }]
    const filters = [...publishers, { category: 'c' }, { tags: ['t'] }, { kind: 'tgz' }, { scripts: false }, { since: 0 }]
    for (const question of [{ words: ['x'] }, ...filters.map((filter) => ({ words: [], ...filter }))]) {
      assert.equal((await tried(search(question), { client })).value, reply)
    }
    await fails(search({ words: [], tags: [], limit: 3, sort: 'date', cursor: 'c', explain: true }), { client }, 'query-invalid')
  })
})

describe('whom you follow and what you block', () => {
  it('is for the node to remember', async () => {
    const client: Partial<ControlClient> = {
      followed: async () => 'followed' as never, follow: async (identity) => ['follow', identity] as never, blocked: async () => 'blocked' as never,
      unfollow: async (identity) => ['unfollow', identity] as never,
      block: async (question) => question as never, unblock: async (question) => question as never,
    }
    assert.equal((await tried(listFollowed(), { client })).value, 'followed')
    assert.deepEqual((await tried(follow(ID), { client })).value, ['follow', ID])
    assert.deepEqual((await tried(unfollow(ID), { client })).value, ['unfollow', ID])
    assert.equal((await tried(listBlocked(), { client })).value, 'blocked')
    assert.deepEqual((await tried(block({ identity: ID, name: NAME }, 'x'), { client })).value, { identity: ID, name: NAME, why: 'x' })
    assert.deepEqual((await tried(block({ identity: ID }, undefined), { client })).value, { identity: ID })
    assert.deepEqual((await tried(unblock({ identity: ID }), { client })).value, { identity: ID })
  })
})

describe('trust', () => {
  it('asks the node, with names that can be right', async () => {
    const client: Partial<ControlClient> = {
      trust: async () => 'names' as never, trustAdd: async (...args) => args.slice(0, 2) as never,
      trustRemove: async (name) => name as never, trustWhy: async (name) => name as never,
    }
    assert.equal((await tried(listTrusted(), { client })).value, 'names')
    assert.deepEqual((await tried(addTrusted('a', ID), { client })).value, [NAME, ID])
    for (const run of [removeTrusted, explainTrust]) {
      assert.equal((await tried(run('a'), { client })).value, NAME)
      await fails(run('No Name'), { client }, 'name-invalid')
    }
  })
})

describe('commands that show something', () => {
  it('pass on what the node says', async () => {
    assert.equal((await tried(showStatus(), { client: { status: async () => 'status' as never } })).value, 'status')
    assert.equal((await tried(listPins(), { client: { pins: async () => 'pins' as never } })).value, 'pins')
    assert.equal((await tried(listPeers(), { client: { peers: async () => 'peers' as never } })).value, 'peers')
    assert.equal((await tried(describePackage('a@^1'), { client: { info: async (spec) => spec as never } })).value, 'a@^1')
    assert.equal((await tried(describeSources('a'), { client: { sources: async (spec) => spec as never } })).value, 'a')
    for (const run of [describePackage, describeSources]) await fails(run('No Name'), {}, 'name-invalid')
  })

  it('change the limits where they are asked to', async () => {
    const asked: unknown[] = []
    const client: Partial<ControlClient> = { limits: async () => 'limits' as never, setLimits: async (question) => (asked.push(question), 'changed' as never) }
    assert.equal((await tried(limitBandwidth(undefined), { client })).value, 'limits')
    assert.equal((await tried(limitBandwidth({ up: null }), { client })).value, 'changed')
    assert.deepEqual(asked, [{ up: null }])
  })

  it('list what is installed without a node', async () => {
    const world = { listInstalled: async (folder: string) => [folder] as never }
    assert.deepEqual((await tried(listInstalled('sub/../other'), { world })).value, { packages: ['/project/other'] })
  })
})

describe('pin and unpin', () => {
  it('pass the spec on as it was typed, and refuse what is none before they ask', async () => {
    assert.equal((await tried(pin('a@^1'), { client: { pin: async (spec) => spec as never } })).value, 'a@^1')
    assert.equal((await tried(unpin('a'), { client: { unpin: async (spec) => spec as never } })).value, 'a')
    for (const run of [pin('No Name'), unpin('No Name')]) await fails(run, {}, 'name-invalid')
  })
})

describe('bans', () => {
  const PEER = parsePeerId(`12D3Koo${'W'.repeat(45)}`)

  it('are asked for with what was read of the arguments, and refused before that when they make no sense', async () => {
    const client: Partial<ControlClient> = {
      ban: async (question) => question as never, unban: async (subject) => subject as never, allow: async (peer) => `allow ${peer}` as never,
      disallow: async (peer) => `disallow ${peer}` as never, bans: async () => 'bans' as never,
    }
    const banned = await tried(banPeer({ subject: '192.0.2.9/24', forMs: 5, reason: 'why' }), { client })
    assert.deepEqual(banned.value, { subject: '192.0.2.0/24', forMs: 5, reason: 'why' })
    assert.deepEqual((await tried(banPeer({ subject: PEER, forMs: undefined, reason: undefined }), { client })).value, { subject: PEER })
    assert.equal((await tried(unbanPeer('2001:DB8::1'), { client })).value, '2001:db8:0:0:0:0:0:1')
    assert.equal((await tried(allowPeer({ peer: PEER, remove: false }), { client })).value, `allow ${PEER}`)
    assert.equal((await tried(allowPeer({ peer: PEER, remove: true }), { client })).value, `disallow ${PEER}`)
    assert.equal((await tried(listBans(), { client })).value, 'bans')
    await fails(banPeer({ subject: PEER, forMs: 1, reason: 'x'.repeat(281) }), { client }, 'usage')
    for (const run of [banPeer({ subject: 'eve', forMs: 1, reason: '' }), unbanPeer(''), allowPeer({ peer: '192.0.2.7', remove: false })]) {
      await fails(run, { client }, 'address-invalid')
    }
  })
})

describe('stop', () => {
  it('ends when the process of the node is gone', async () => {
    const steps: string[] = []
    let looks = 0
    const client = { stop: async () => void steps.push('stop') }
    const world = { isAlive: (pid: number) => (steps.push(`look ${pid}`), (looks += 1) < 3) }
    assert.deepEqual((await tried(stopNode(), { client, world })).value, { stopped: true, pid: 77 })
    assert.deepEqual(steps, ['stop', 'look 77', 'look 77', 'look 77'])
  })
})
