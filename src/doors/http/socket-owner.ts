import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { GgenError } from '#core'

/** Both ends of a connection, as the one that was asked sees them. */
export interface SocketEnds {
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const
/** Who may do anything on a machine. */
const ROOT = 0

const hex = (value: number, digits: number): string => value.toString(16).toUpperCase().padStart(digits, '0')

/** As the tables of Linux write it, four bytes at a time from behind; `undefined`: no address of this machine that is looked for. */
const written = (address: string): readonly string[] => {
  if (address === '::1') return ['00000000000000000000000001000000']
  const [, bytes] = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  if (bytes === undefined) return []
  const four = bytes.split('.').toReversed().map((byte) => hex(Number(byte), 2)).join('')
  return [four, `0000000000000000FFFF0000${four}`]
}

/**
 * The number of the user whose program holds the other end of a connection within this machine, by what Linux tells in `/proc/net/tcp` and `tcp6`; `undefined`:
 * it is in none of them. Pure.
 */
export const ownerIn = (tables: readonly string[], { remoteAddress, remotePort, localAddress, localPort }: SocketEnds): number | undefined => {
  const ends = (address: string, port: number): readonly string[] => written(address).map((text) => `${text}:${hex(port, 4)}`)
  const [theirs, ours] = [new Set(ends(remoteAddress, remotePort)), new Set(ends(localAddress, localPort))]
  for (const line of tables.flatMap((table) => table.split('\n'))) {
    const [, local = '', remote = '', , , , , uid = ''] = line.trim().split(/\s+/)
    if (theirs.has(local) && ours.has(remote) && /^\d+$/.test(uid)) return Number(uid)
  }
  return undefined
}

/** Connections that were looked at; each stays with whoever opened it. */
const foreign = new WeakMap<Socket, Promise<boolean>>()

const look = async ({ remoteAddress = '', remotePort = 0, localAddress = '', localPort = 0 }: Socket): Promise<boolean> => {
  if (process.platform !== 'linux') return false
  const read = await Promise.allSettled(TABLES.map(async (path) => await readFile(path, 'latin1')))
  const tables = read.flatMap((table) => (table.status === 'fulfilled' ? [table.value] : []))
  const owner = ownerIn(tables, { remoteAddress, remotePort, localAddress, localPort })
  return owner !== undefined && owner !== ROOT && owner !== process.getuid?.()
}

/**
 * Refuses whoever asks from a program of another user of this machine, as far as the system tells who that is: Linux does. Throws `denied`.
 */
export const assertOwnUser = async (socket: Socket): Promise<void> => {
  const looked = foreign.get(socket) ?? look(socket)
  foreign.set(socket, looked)
  if (await looked) {
    throw new GgenError('denied', 'what the credentials of another user brought is for programs of that user', { hint: 'run a node of your own' })
  }
}
