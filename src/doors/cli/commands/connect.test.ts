import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, isGgenError, parsePeerId } from '#core'
import type { ControlClient, PeerReply } from '#doors/control'
import { connect } from './connect.ts'
import type { Context, Run } from './context.ts'
import { listPeers } from './list-peers.ts'

const ALICE = parsePeerId(`12D3Koo${'W'.repeat(44)}A`)
const BOB = parsePeerId(`12D3Koo${'W'.repeat(44)}B`)
const PLACE = '/ip4/192.0.2.1/tcp/4001'

const never = new AbortController().signal

const run = async (command: Run, client: Partial<ControlClient>, signal = never): Promise<{ value: unknown; said: readonly string[] }> => {
  const said: string[] = []
  const outcome = await command({ client, deadline: { signal }, say: (line: string) => void said.push(line) } as unknown as Context)
  return { value: outcome?.value, said }
}

const client: Partial<ControlClient> = {
  peers: async () => [{ peerId: ALICE } as PeerReply, { peerId: BOB } as PeerReply],
  connect: async (address) => {
    if (address.startsWith('/dns4/')) throw new GgenError('peer-unreachable', 'nobody is there')
    return { peer: ALICE, address }
  },
}

describe('connect', () => {
  it('says who is where, and who could not be reached, in either spelling of an address', async () => {
    const { value, said } = await run(connect([`${ALICE}@${PLACE}`, '/dns4/a.example/tcp/1']), client)
    assert.deepEqual(value, { connected: [{ peer: ALICE, address: `${PLACE}/p2p/${ALICE}` }] })
    assert.deepEqual(said, ['/dns4/a.example/tcp/1: nobody is there'])
  })

  it('fails when nobody could be reached, an address is none, there is no node, or the user gives up', async () => {
    const fails = (texts: readonly string[], code: string, other: Partial<ControlClient> = {}): Promise<void> =>
      assert.rejects(run(connect(texts), { ...client, ...other }), (error) => error instanceof GgenError && error.code === code)
    await fails(['/dns4/a.example/tcp/1'], 'peer-unreachable')
    await fails([PLACE, 'nowhere'], 'address-invalid')
    await fails([PLACE], 'daemon-not-running', { connect: () => Promise.reject(new GgenError('daemon-not-running', 'none')) })
    const gone = AbortSignal.abort(new GgenError('cancelled', 'enough'))
    await assert.rejects(run(connect(['/dns4/a.example/tcp/1']), client, gone), (error) => isGgenError(error, 'cancelled'))
  })
})

describe('peers', () => {
  it('shows all, or the one that is named by its id or an address', async () => {
    assert.equal(((await run(listPeers(), client)).value as readonly unknown[]).length, 2)
    for (const text of [BOB, `${BOB}@${PLACE}`, `${PLACE}/p2p/${BOB}`]) assert.deepEqual((await run(listPeers(text), client)).value, [{ peerId: BOB }])
    await assert.rejects(run(listPeers(parsePeerId(`12D3Koo${'W'.repeat(45)}`)), client), (error) => isGgenError(error, 'peer-unreachable'))
    await assert.rejects(run(listPeers(PLACE), client), (error) => isGgenError(error, 'address-invalid'))
  })
})
