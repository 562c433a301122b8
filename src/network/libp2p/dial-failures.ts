import { type Clock, LIMITS } from '#core'
import type { Transport } from '@libp2p/interface'
import { hostOfAddress, withoutPeer } from './address-scope.ts'
import type { DialRules } from './dial-policy.ts'
import { type Factory, overriding } from './shields.ts'

interface Dials {
  underWay: number
  /** When earlier ones failed. */
  failedMs: readonly number[]
}

/** The one spelling of an address: otherwise an IPv6 one could be written in many. */
const placeOf = (address: string): string => {
  const host = hostOfAddress(address)
  const [, , , ...rest] = withoutPeer(address).split('/')
  return host === undefined ? withoutPeer(address) : [host, ...rest].join('/')
}

/**
 * Counts the dials of each address, so that nobody can make this node hammer on one by naming it in many records: while so many failed within the
 * last hour or are under way, no more are begun.
 */
export class DialFailures {
  readonly #places = new Map<string, Dials>()

  /** Whether an address has had enough. */
  covers(address: string, nowMs: number): boolean {
    const dials = this.#places.get(placeOf(address))
    return dials !== undefined && dials.underWay + recent(dials, nowMs).length >= LIMITS.failedDials
  }

  /** Counts a dial; call what is returned when it is over. `undefined`: the address has had enough. */
  begin(address: string, nowMs: number): ((outcome: 'reached' | 'failed' | 'cancelled', nowMs: number) => void) | undefined {
    if (this.covers(address, nowMs)) return undefined
    const place = placeOf(address)
    const dials: Dials = this.#places.get(place) ?? { underWay: 0, failedMs: [] }
    dials.underWay += 1
    this.#remember(place, dials)
    return (outcome, endMs) => {
      dials.underWay -= 1
      if (outcome === 'reached') dials.failedMs = []
      if (outcome === 'failed') dials.failedMs = [...recent(dials, endMs), endMs]
      if (dials.underWay === 0 && dials.failedMs.length === 0) this.#places.delete(place)
      else this.#remember(place, dials)
    }
  }

  #remember(place: string, dials: Dials): void {
    this.#places.delete(place)
    this.#places.set(place, dials)
    if (this.#places.size <= LIMITS.failedDialAddresses) return
    const [oldest] = this.#places.keys()
    if (oldest !== undefined) this.#places.delete(oldest)
  }
}

const recent = ({ failedMs }: Dials, nowMs: number): readonly number[] => failedMs.filter((atMs) => nowMs - atMs < LIMITS.failedDialMs)

/** What counting needs from the rest of the node. */
export interface CountedDials {
  readonly failures: DialFailures
  readonly clock: Clock
  /** Whom the user named is tried again for as long as the user wants it. */
  readonly rules: Pick<DialRules, 'isFromUser'>
}

/** A transport that begins no dial which would be one too many. A dial that its caller did not want to wait for says nothing about the address. */
export const countedTransport =
  <Components>(factory: Factory<Components, Transport>, { failures, clock, rules }: CountedDials): Factory<Components, Transport> =>
  (components) => {
    const transport = factory(components)
    const dial: Transport['dial'] = async (address, options) => {
      const text = address.toString()
      if (rules.isFromUser(text)) return transport.dial(address, options)
      const end = failures.begin(text, clock.monotonic())
      if (end === undefined) throw new RangeError(`${text} failed too often`)
      try {
        const connection = await transport.dial(address, options)
        end('reached', clock.monotonic())
        return connection
      } catch (error) {
        end(isGivenUp(options.signal) ? 'cancelled' : 'failed', clock.monotonic())
        throw error
      }
    }
    return overriding(transport, { dial })
  }

const isGivenUp = (signal: AbortSignal | undefined): boolean =>
  signal?.aborted === true && !(signal.reason instanceof Error && signal.reason.name === 'TimeoutError')
