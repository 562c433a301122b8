import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { assertOwnUser, ownerIn, type SocketEnds } from './socket-owner.ts'

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, remote: string, uid: number): string =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${uid}        0 4834512 1\n`
const ENDS: SocketEnds = { remoteAddress: '127.0.0.1', remotePort: 0x9ead, localAddress: '127.0.0.1', localPort: 4003 }

describe('The user at the other end of a connection', () => {
  it('is that of the row with both ends, in either table', () => {
    const others = row('0100007F:0FA3', '0100007F:9EAD', 5) + row('0200007F:9EAD', '0100007F:0FA3', 6) + row('0100007F:9EAD', '0100007F:0FA4', 7)
    assert.equal(ownerIn([HEAD + others + row('0100007F:9EAD', '0100007F:0FA3', 1000), HEAD], ENDS), 1000)
    const mapped = row('0000000000000000FFFF00000100007F:9EAD', '0000000000000000FFFF00000100007F:0FA3', 1001)
    assert.equal(ownerIn([HEAD + others, HEAD + mapped], ENDS), 1001)
    const sixth = row('00000000000000000000000001000000:9EAD', '00000000000000000000000001000000:0FA3', 1002)
    assert.equal(ownerIn([HEAD, HEAD + mapped + sixth], { ...ENDS, remoteAddress: '::1', localAddress: '::1' }), 1002)
    assert.equal(ownerIn([HEAD + others, HEAD + sixth], ENDS), undefined)
    assert.equal(ownerIn([HEAD + row('0100007F:9EAD', '0100007F:0FA3', 1000)], { ...ENDS, remoteAddress: 'fe80::1' }), undefined)
  })

  it('is nobody or somebody, whatever the tables hold', () => {
    const part = fc.constantFrom('0100007F:9EAD', '0100007F:0FA3', ' ', '\n', '01', '1000', 'x', ':')
    fc.assert(fc.property(fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')), (table) => {
      const owner = ownerIn([table], ENDS)
      assert.ok(owner === undefined || Number.isInteger(owner))
    }))
  })

  it('is found by what Linux really says of a connection, and is let in where it is the own one', { skip: process.platform !== 'linux' }, async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const server = createServer().listen(0, host)
      await once(server, 'listening')
      const { port } = server.address() as AddressInfo
      const client = connect(port, host)
      const [accepted] = (await once(server, 'connection')) as [Socket]
      const { remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 } = accepted
      const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'latin1')))
      assert.equal(ownerIn(tables, { remoteAddress, remotePort, localAddress, localPort }), process.getuid?.())
      await assertOwnUser(accepted)
      client.destroy()
      server.close()
    }
  })
})
