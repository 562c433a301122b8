import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Environment, parseTicket, writeTicket } from '#config'
import { type ErrorCode, GgenError, isGgenError, parseMultiaddr } from '#core'
import type { ControlClient, HealthReply } from '#doors/control'
import { createContext, type Run } from './context.ts'
import { Deadline } from './deadline.ts'
import { invite, join, leave } from './private-network.ts'
import type { NetworkFile, World } from './world.ts'

const LOCAL = parseMultiaddr('/ip4/127.0.0.1/tcp/1')
const OWN = parseMultiaddr('/ip4/192.0.2.1/tcp/1')
const NAMED = parseMultiaddr('/dns4/node.example/tcp/1')
const TICKET = writeTicket({ name: 'acme', key: new Uint8Array(32), bootstrap: [OWN], follow: [] })
const OTHER = writeTicket({ name: 'other', key: new Uint8Array(32), bootstrap: [], follow: [] })

const NOBODY = (): Promise<never> => Promise.reject(new GgenError('daemon-not-running', 'none'))

/** A home of which only the file of its network matters. */
const scene = (env: Environment['env'] = {}, client: Partial<ControlClient> = { health: NOBODY }, piped: readonly string[] = []) => {
  const state: { held: Uint8Array | undefined } = { held: undefined }
  const file: NetworkFile = {
    read: async () => state.held,
    create: async (bytes) => void (state.held = bytes),
    replace: async (before, after) => (assert.equal(before, state.held), void (state.held = after)),
    erase: async (before) => (assert.equal(before, state.held), void (state.held = undefined)),
  }
  const environment: Environment = {
    env: { GGEN_HOME: '/h', ...env }, dotGgen: false, readConfigFile: async () => undefined, readSecretFile: async () => state.held,
    platform: { os: 'linux', userFolder: '/', tempFolder: '/tmp', workingFolder: '/', userId: 1 },
  }
  const world = {
    openNetworkFile: async (path: string) => (assert.equal(path, '/h/keys/network.ticket'), file),
    stdin: async function* () {
      for (const part of piped) yield Buffer.from(part)
    },
  } as unknown as World
  const run = async (what: Run): Promise<Readonly<Record<string, unknown>>> => {
    using deadline = new Deadline(new AbortController().signal, 60)
    const silent = { print: () => undefined, show: () => undefined, say: () => undefined }
    const context = createContext(world, environment, { deadline, watchFetch: (_name, fetch) => fetch(), ...silent })
    return { ...(await what({ ...context, client: client as ControlClient }))?.value }
  }
  const fails = (what: Run, code: ErrorCode): Promise<void> => assert.rejects(run(what), (error) => isGgenError(error, code))
  return { state, run, fails }
}

const force = { force: true }
const gently = { force: false }

describe('invite', () => {
  it('makes a network once, of the name that is wanted, configured or made up, and never the public one', async () => {
    const { run, fails } = scene()
    await fails(invite({ network: 'main', follow: [] }), 'usage')
    await fails(invite({ network: 'A', follow: [] }), 'usage')
    const first = await run(invite({ follow: [] }))
    assert.match(String(first['network']), /^team-[0-9a-f]{8}$/)
    const second = await run(invite({ follow: [] }))
    assert.deepEqual(second, { ...first, made: false })
    await fails(invite({ network: 'acme', follow: [] }), 'other-network')
    assert.equal((await scene({ GGEN_NETWORK: 'desk' }).run(invite({ follow: [] })))['network'], 'desk')
    await scene({ GGEN_NETWORK: 'desk' }).fails(invite({ network: 'acme', follow: [] }), 'config-invalid')
  })

  it('names where the node is and what it was configured with, and this machine only where there is nothing else', async () => {
    const client = (addresses: HealthReply['addresses'], network: string): Partial<ControlClient> => ({
      health: async () => ({ addresses }) as HealthReply,
      settings: async () => ({ settings: [{ key: 'p2p.network', value: network, from: { kind: 'default', name: '' } }] }),
    })
    const named = await scene({ GGEN_P2P_BOOTSTRAP: NAMED }, client([LOCAL, OWN], 'main')).run(invite({ network: 'acme', follow: [] }))
    assert.deepEqual([named['bootstrap'], named['restart']], [[OWN, NAMED], true])
    assert.deepEqual(parseTicket(String(named['ticket'])).bootstrap, [OWN, NAMED])
    const alone = scene({}, client([LOCAL], 'acme'))
    alone.state.held = Buffer.from(TICKET)
    const again = await alone.run(invite({ follow: [] }))
    assert.deepEqual([again['bootstrap'], again['restart']], [[LOCAL, OWN], false])
  })
})

describe('join and leave', () => {
  it('takes a ticket that is typed, piped or in GGEN_TICKET', async () => {
    const piped = scene({}, undefined, [TICKET.slice(0, 9), `${TICKET.slice(9)}\n`])
    for (const [typed, trial] of [[TICKET, scene()], ['-', piped], [undefined, scene({ GGEN_TICKET: TICKET })]] as const) {
      assert.deepEqual(await trial.run(join(typed, gently)), { network: 'acme', bootstrap: [OWN], follow: [], restart: false })
      assert.equal(String(trial.state.held), `${TICKET}\n`)
    }
    await scene().fails(join(undefined, gently), 'usage')
    await scene().fails(join('ggen1x', gently), 'ticket-invalid')
    await scene({}, undefined, ['x'.repeat(100_000)]).fails(join('-', gently), 'ticket-invalid')
  })

  it('changes the network only by force, also where the file is damaged, and writes nothing that does not fit', async () => {
    const { state, run, fails } = scene()
    await run(join(TICKET, gently))
    await run(join(TICKET, gently))
    await fails(join(OTHER, gently), 'other-network')
    assert.equal((await run(join(OTHER, force)))['left'], 'acme')
    state.held = Buffer.from('nonsense')
    await fails(join(TICKET, gently), 'config-invalid')
    assert.equal((await run(join(TICKET, force)))['left'], undefined)
    const elsewhere = scene({ GGEN_NETWORK: 'desk' })
    await elsewhere.fails(join(TICKET, gently), 'config-invalid')
    assert.equal(elsewhere.state.held, undefined)
  })

  it('leaves, a damaged file too', async () => {
    const { state, run, fails } = scene()
    await fails(leave(), 'no-network')
    await run(join(TICKET, gently))
    assert.deepEqual(await run(leave()), { left: 'acme', restart: false })
    state.held = Buffer.from('nonsense')
    assert.deepEqual(await run(leave()), { restart: false })
    assert.equal(state.held, undefined)
  })
})
