import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { controlClient, type BansReply } from '#doors/control'
import { ggen, startNode, temporaryFolder, until } from '#testing'

const never = new AbortController().signal

describe('bans by command', () => {
  it('cut a peer off at once, survive a kill, and end when they are lifted', async () => {
    await using folder = await temporaryFolder()
    const home = join(folder.path, 'victim')
    const client = controlClient(join(home, 'ggen.sock'))
    const bans = async (): Promise<BansReply> => (await ggen(home, 'p2p', 'bans', '--json')).json<BansReply>()
    const isConnected = async (peerId: string): Promise<boolean> => (await client.peers(never)).some((peer) => peer.peerId === peerId)
    const first = await startNode({ home })
    await using other = await startNode({ home: join(folder.path, 'other'), bootstrap: first.addresses })
    await until('they are connected', () => isConnected(other.peerId))

    const banned = await ggen(home, 'p2p', 'ban', other.peerId, '--for', '1h', '--why', 'asks too much')
    assert.equal(banned.stdout, `banned ${other.peerId} for 1 h 0 min: asks too much\n`)
    await until('it is cut off', async () => !(await isConnected(other.peerId)))
    await first.kill()

    const listen = first.addresses[0]?.replace(/\/p2p\/.*/, '') ?? ''
    await using _second = await startNode({ home, listen })
    const [kept] = (await bans()).bans
    assert.deepEqual([kept?.subject, kept?.by, kept?.reason, kept?.forMs], [other.peerId, 'user', 'asks too much', 3_600_000])
    assert.ok((kept?.remainingMs ?? Infinity) < 3_600_000)
    assert.equal(await isConnected(other.peerId), false)

    assert.equal((await ggen(home, 'p2p', 'unban', other.peerId)).code, 0)
    await until('it has come back', () => isConnected(other.peerId), 60_000)
    assert.equal((await ggen(home, 'p2p', 'allow', other.peerId)).code, 0)
    assert.deepEqual((await bans()).allowed.map(({ peer }) => peer), [other.peerId])
    assert.equal((await ggen(home, 'p2p', 'unban', other.peerId)).code, 3)
  })
})
