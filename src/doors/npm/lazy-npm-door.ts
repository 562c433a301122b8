import type { RequestListener } from 'node:http'
import type { Depot } from '#depot'
import type { Works } from '#doors/http'
import { npmDoor, type NpmDoorParts } from './npm-door.ts'
import { sendError } from './send.ts'

export interface LazyNpmDoorParts extends Omit<NpmDoorParts, 'depot' | 'works'> {
  /** Throws `config-invalid`, `store-broken` and `disk-full`; is called again where it failed. */
  readonly openDepot: () => Promise<Depot>
}

/** The npm door of a node that nobody may ever ask: what it answers from is opened by the first request. */
export const lazyNpmDoor = ({ openDepot, ...parts }: LazyNpmDoorParts) => (works: Works): RequestListener => {
  let opened: { readonly depot: Depot; readonly door: RequestListener } | undefined
  const answer = async (...[request, response]: Parameters<RequestListener>): Promise<void> => {
    try {
      const depot = await openDepot()
      if (opened?.depot !== depot) opened = { depot, door: npmDoor({ ...parts, depot, works }) }
      opened.door(request, response)
    } catch (error) {
      sendError(response, error)
    }
  }
  return (request, response) => void answer(request, response)
}
