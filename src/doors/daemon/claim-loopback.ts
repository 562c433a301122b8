import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GgenError } from '#core'

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

/** Machines without IPv6. */
const NO_IPV6: readonly string[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']

const bind = async (server: Server, host: string, port: number): Promise<void> => {
  const listening = once(server, 'listening')
  server.listen({ host, port, ipv6Only: true })
  await listening
}

/**
 * Lets servers listen on a TCP port of this machine that no other machine can reach: on 127.0.0.1, and on ::1 where there is IPv6, because `localhost`
 * may mean either and a stranger on the other one would get the tokens of our askers. Port 0: any free one. Throws `port-in-use` or `config-invalid`.
 */
export const claimLoopback = async (makeServer: () => Server, port: number): Promise<readonly Server[]> => {
  const first = makeServer()
  const second = makeServer()
  try {
    await bind(first, '127.0.0.1', port)
    await bind(second, '::1', (first.address() as AddressInfo).port)
    return [first, second]
  } catch (error) {
    if (first.listening && NO_IPV6.includes(codeOf(error))) return [first]
    if (first.listening) first.close()
    const isTaken = codeOf(error) === 'EADDRINUSE'
    throw new GgenError(isTaken ? 'port-in-use' : 'config-invalid', `the control API cannot listen on port ${port} of this machine (${codeOf(error)})`, {
      cause: error, hint: 'choose another port with --control-port, or off',
    })
  }
}
