import type { Config } from '#config'
import type { Multiaddr } from '#core'
import type { CheckRow } from './commands/check-row.ts'
import type { PortPlace, PortState } from './commands/machine.ts'

type PortConfig = Pick<Config, 'listen' | 'listenIsDefault' | 'bulkPort' | 'bulkPortIsDefault' | 'controlPort'>

/** A port that the configuration asks for. */
export interface WantedPort extends PortPlace {
  readonly check: 'port' | 'bulk port' | 'control port'
  /** Nobody chose it, so a node that finds it taken takes another one. */
  readonly isDefault: boolean
}

export interface PortFacts {
  readonly wanted: readonly (WantedPort & { readonly state: PortState })[]
  /** Of the node that runs; `undefined` when none does. */
  readonly addresses: readonly Multiaddr[] | undefined
}

const USUAL = 'where a router or peers count on the usual port: end what has it, and start the node again'
const RESTART = 'start the node again: ggen p2p stop, ggen p2p start --detach'
const LISTENER = /^\/ip[46]\/([^/]+)\/tcp\/(\d+)/

const placeOf = (address: Multiaddr): PortPlace => {
  const [, host = '', port = '0'] = LISTENER.exec(address) ?? []
  return { host, port: Number(port) }
}

/** What to try. Port 0 is whatever is free, and needs no trying. */
export const wantedPorts = ({ listen, listenIsDefault, bulkPort, bulkPortIsDefault, controlPort }: PortConfig): readonly WantedPort[] => {
  const places = listen.map(placeOf)
  const host = places[0]?.host ?? '0.0.0.0'
  const all: readonly WantedPort[] = [
    ...places.map((place) => ({ check: 'port' as const, isDefault: listenIsDefault, ...place })),
    ...(bulkPort === undefined ? [] : [{ check: 'bulk port' as const, isDefault: bulkPortIsDefault, host, port: bulkPort }]),
    ...(controlPort === undefined ? [] : [{ check: 'control port' as const, isDefault: false, host: '127.0.0.1', port: controlPort }]),
  ]
  return all.filter(({ port }) => port !== 0)
}

/** Whether the ports are free for the node to come, or the node's that runs. */
export const checkPorts = ({ wanted, addresses }: PortFacts): readonly CheckRow[] =>
  wanted.map((port) => (addresses === undefined ? rowBefore(port) : rowBeside(port, addresses)))

type TriedPort = PortFacts['wanted'][number]

const optionOf = (check: WantedPort['check']): string => ({ port: '--listen', 'bulk port': '--bulk-port', 'control port': '--control-port' })[check]

const rowBefore = ({ check, host, port, state, isDefault }: TriedPort): CheckRow => {
  const advice = `choose another with ${optionOf(check)}`
  if (state === 'free') return { check, state: 'ok', finding: `${port} is free` }
  if (state === 'denied') return { check, state: 'fail', finding: `you may not listen on ${port}`, advice: `${advice}, above 1023` }
  if (state === 'elsewhere') return { check, state: 'fail', finding: `${host} is no address of this machine`, advice }
  if (isDefault) return { check, state: 'warn', finding: `${port} is taken by another program: a node would take any free one`, advice }
  return { check, state: 'fail', finding: `${port} is taken by another program: the node would not start`, advice: `end that program, or ${advice}` }
}

/** Only where peers reach it does a node say; beside that, somebody listens, or nobody. */
const rowBeside = ({ check, port, state, isDefault }: TriedPort, addresses: readonly Multiaddr[]): CheckRow => {
  if (check !== 'port') {
    if (state === 'taken') return { check, state: 'ok', finding: `${port} is in use, as it should be while the node runs` }
    return { check, state: 'unknown', finding: `nobody listens on ${port}: the node was started with another one, or with none` }
  }
  const ports = [...new Set(addresses.map((address) => placeOf(address).port))]
  if (ports.includes(port)) return { check, state: 'ok', finding: `the node listens on ${port}` }
  const instead = ports.length === 0 ? 'the node listens nowhere' : `the node listens on ${ports.join(', ')}`
  if (isDefault) return { check, state: 'warn', finding: `${instead}, not on the usual ${port}`, advice: USUAL }
  return { check, state: 'warn', finding: `${instead}, and the configuration says ${port}`, advice: RESTART }
}
