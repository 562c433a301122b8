import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GgenError, isGgenError } from '#core'

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'unknown')

/** Machines without IPv6. */
const NO_IPV6: readonly string[] = ['EADDRNOTAVAIL', 'EAFNOSUPPORT']

const bind = async (server: Server, host: string, port: number): Promise<void> => {
  const listening = once(server, 'listening')
  server.listen({ host, port, ipv6Only: true })
  await listening
}

export interface LoopbackOptions {
  /** 0: any free one. */
  readonly port: number
  /** Any free one will do where that one is taken. */
  readonly mayMove?: boolean
  /** A socket that listens already, which the program was started with. */
  readonly inherited?: number
}

/**
 * Lets servers listen on a TCP port of this machine that no other machine can reach: on 127.0.0.1, and on ::1 where there is IPv6, because `localhost`
 * may mean either and a stranger on the other one would get the tokens of our askers. Throws `port-in-use` or `config-invalid`.
 */
export const claimLoopback = async (makeServer: () => Server, { port, mayMove = false, inherited }: LoopbackOptions): Promise<readonly Server[]> => {
  if (inherited !== undefined) return [await adopt(makeServer(), inherited)]
  try {
    return await claim(makeServer, port)
  } catch (error) {
    if (!mayMove || !isGgenError(error, 'port-in-use')) throw error
    return await claim(makeServer, 0)
  }
}

const adopt = async (server: Server, fd: number): Promise<Server> => {
  const listening = once(server, 'listening')
  server.listen({ fd })
  try {
    await listening
    return server
  } catch (error) {
    throw new GgenError('config-invalid', `the node cannot listen on the socket that it was started with (${codeOf(error)})`, {
      cause: error, hint: 'LISTEN_FDS says that there is one: start the node by systemd, or without it',
    })
  }
}

const claim = async (makeServer: () => Server, port: number): Promise<readonly Server[]> => {
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
    throw new GgenError(isTaken ? 'port-in-use' : 'config-invalid', `the node cannot listen on port ${port} of this machine (${codeOf(error)})`, {
      cause: error, hint: 'choose another port with --http-port or --control-port, or off',
    })
  }
}
