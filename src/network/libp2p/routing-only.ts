import { BaseDatastore } from 'datastore-core'
import assert from 'node:assert/strict'

/** The kinds of messages of the library's DHT that store something or ask for what is stored. */
const STORING = ['PUT_VALUE', 'GET_VALUE', 'ADD_PROVIDER', 'GET_PROVIDERS'] as const

/** The parts of the library's DHT that its interface leaves out. */
interface Answering {
  readonly rpc?: { readonly handlers?: Record<string, unknown> }
}

/**
 * A DHT that only routes: who is near to a key, nothing else. The library lets an older value replace a newer one, ends a lookup with the first names
 * that anybody gives, and fails whole answers for one provider whose addresses it forgot. Streams with such questions are aborted.
 */
export const routingOnly = (dht: object): void => {
  const handlers = (dht as Answering).rpc?.handlers
  assert(handlers !== undefined && STORING.every((kind) => handlers[kind] !== undefined), 'the DHT of the library has a handler for each kind of message')
  for (const kind of STORING) delete handlers[kind]
}

/** What a DHT that only routes may keep: nothing. The library's clean-up finds nothing in it. */
export class NoRecords extends BaseDatastore {
  override put(): never {
    throw new RangeError('this node keeps no records')
  }

  override async *query(): AsyncGenerator<never> {
    // Nothing.
  }
}
