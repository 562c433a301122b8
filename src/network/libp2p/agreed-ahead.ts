import { GgenError } from '#core'
import type { MessageStream } from '@libp2p/interface'
import assert from 'node:assert/strict'
import { encodeLength } from './frame.ts'

type Bytes = Uint8Array | Iterable<Uint8Array>

/** The parts of the library's streams that its interfaces leave out. */
interface Negotiated {
  protocol: string
  onData(bytes: Bytes): void
  onRemoteCloseWrite(): void
}

const line = (text: string): Uint8Array => {
  const bytes = Buffer.from(`${text}\n`)
  return Buffer.concat([encodeLength(bytes.length), bytes])
}

const HEADER = line('/multistream/1.0.0')

/**
 * A new stream on which a question may follow the name of its protocol at once. The library waits until the other side has agreed, a whole round
 * trip for every question. The bytes are the same, those of multistream-select; the agreement is cut off in front of the answer, and a stream that
 * begins with anything else is aborted.
 */
export const agreedAhead = <Ahead extends MessageStream>(stream: Ahead, protocol: string): Ahead => {
  const negotiated = stream as Ahead & Negotiated
  assert(typeof negotiated.onData === 'function' && negotiated.protocol === '', 'new streams of the library have not agreed on a protocol')
  cutOff(negotiated, protocol)
  negotiated.protocol = protocol
  stream.send(agreementOn(protocol))
  return stream
}

/**
 * A connection that was dialled, on which the library may go on as if the other side had agreed to the only encryption there is: its first message then
 * follows the proposal without waiting a round trip for the answer. The bytes are the same. A connection that answers anything else is aborted.
 */
export const agreeingTo = <Dialled extends MessageStream>(connection: Dialled, protocol: string): Dialled => {
  const negotiated = connection as Dialled & Negotiated
  assert(typeof negotiated.onData === 'function', 'connections of the library take bytes through onData')
  negotiated.onData(agreementOn(protocol))
  cutOff(negotiated, protocol)
  return connection
}

/** A connection of which nothing is heard but what whoever means `protocol` begins with, and what follows that. Anything else ends it without a word. */
export const beginningWith = <Dialling extends MessageStream>(connection: Dialling, protocol: string): Dialling => {
  const negotiated = connection as Dialling & Negotiated
  assert(typeof negotiated.onData === 'function', 'connections of the library take bytes through onData')
  compare(negotiated, protocol, (chunk, receive) => receive(chunk))
  return connection
}

const agreementOn = (protocol: string): Uint8Array => Buffer.concat([HEADER, line(protocol)])

type Receive = (bytes: Bytes) => void

/** Lets through what comes after the agreement, and nothing when it is not the one that was expected. */
const cutOff = (negotiated: MessageStream & Negotiated, protocol: string): void =>
  compare(negotiated, protocol, (chunk, receive, agreed) => {
    if (agreed < chunk.length) receive(chunk.subarray(agreed))
  })

/** Gives every chunk that holds some of the agreement, and how many of its bytes are, to `take`; ends a stream that begins with anything else. */
const compare = (negotiated: MessageStream & Negotiated, protocol: string, take: (chunk: Uint8Array, receive: Receive, agreed: number) => void): void => {
  const agreement = agreementOn(protocol)
  const receive = negotiated.onData.bind(negotiated)
  let agreed = 0
  const judge = (chunk: Uint8Array): void => {
    const part = chunk.subarray(0, agreement.length - agreed)
    if (Buffer.compare(part, agreement.subarray(agreed, agreed + part.length)) !== 0) {
      negotiated.abort(new GgenError('peer-unreachable', `the peer does not speak ${protocol}`))
      return
    }
    agreed += part.length
    take(chunk, receive, part.length)
  }
  negotiated.onData = (bytes) => {
    if (agreed === agreement.length) receive(bytes)
    else for (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) if (negotiated.status === 'open') judge(chunk)
  }
}

/**
 * A stream of the other side that hears of its end only when its protocol is agreed on: what the library has read of a question while it negotiated
 * cannot be put back into a stream that has ended.
 */
export const openWhileAgreeing = <Open extends MessageStream>(stream: Open): Open => {
  const negotiated = stream as Open & Negotiated
  assert(typeof negotiated.onRemoteCloseWrite === 'function' && negotiated.protocol === '', 'new streams of the library have not agreed on a protocol')
  const end = negotiated.onRemoteCloseWrite.bind(stream)
  let protocol = ''
  let hasEnded = false
  negotiated.onRemoteCloseWrite = () => {
    hasEnded = true
    if (protocol !== '') end()
  }
  Object.defineProperty(stream, 'protocol', {
    enumerable: true,
    get: () => protocol,
    set: (agreed: string) => {
      protocol = agreed
      if (hasEnded) end()
    },
  })
  return stream
}
