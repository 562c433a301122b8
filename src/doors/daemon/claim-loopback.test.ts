import assert from 'node:assert/strict'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { claimLoopback } from './claim-loopback.ts'

const makeServer = (): ReturnType<typeof createServer> => createServer()

describe('claimLoopback', () => {
  it('listens on this machine alone, on one port for both kinds of addresses', async () => {
    const servers = await claimLoopback(makeServer, { port: 0 })
    const places = servers.map((server) => server.address() as AddressInfo)
    assert.equal(places[0]?.address, '127.0.0.1')
    assert.deepEqual(places.slice(1).map(({ address }) => address), places.length === 2 ? ['::1'] : [])
    assert.equal(new Set(places.map(({ port }) => port)).size, 1)
    for (const server of servers) server.close()
  })

  it('says what is wrong where it was started with something that is no socket', async () => {
    const inherited = openSync('/dev/null', 'r')
    try {
      await assert.rejects(claimLoopback(makeServer, { port: 0, inherited }), (error) => isGgenError(error, 'config-invalid') && /LISTEN_FDS/.test(error.hint))
    } finally {
      closeSync(inherited)
    }
  })

  it('takes no port on which another program listens, whichever of the two it took', async () => {
    const hosts = (await claimLoopback(makeServer, { port: 0 })).map((server) => {
      const { address } = server.address() as AddressInfo
      server.close()
      return address
    })
    for (const host of hosts) {
      const stranger = makeServer()
      stranger.listen({ host, port: 0 })
      await once(stranger, 'listening')
      const { port } = stranger.address() as AddressInfo
      await assert.rejects(claimLoopback(makeServer, { port }), (error) => isGgenError(error, 'port-in-use') && error.message.includes(String(port)), host)
      stranger.close()
      await once(stranger, 'close')
    }
  })
})
