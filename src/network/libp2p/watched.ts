import { GgenError } from '#core'
import type { ConnectionEncrypter, MessageStream, MultiaddrConnection, StreamMuxer, StreamMuxerFactory, Transport } from '@libp2p/interface'
import assert from 'node:assert/strict'
import { agreedAhead, agreeingTo, beginningWith, openWhileAgreeing } from './agreed-ahead.ts'
import { corked, quiet } from './frugal.ts'
import { PrefixWatch, type WatchedProtocols } from './prefix-watch.ts'
import type { Seal } from './sealed.ts'
import { ASKED, type AskedProtocol, STREAMS } from './settings.ts'
import { type Factory, overriding } from './shields.ts'
import { type Bucket, takeTokens } from './token-bucket.ts'

type Bytes = Uint8Array | Iterable<Uint8Array>

/** The parts of the library's streams that its interfaces leave out: what comes in goes through one method, or waits in one buffer. */
interface Incoming {
  onData(bytes: Bytes): void
  readonly readBuffer: Iterable<Uint8Array>
}

const offenders = new WeakSet<MessageStream>()

/** Whether a stream was aborted because of a bad prefix, at whatever moment. */
export const hadBadPrefix = (stream: MessageStream): boolean => offenders.has(stream)

/** A stream of which a bad prefix aborts before anybody reads it. */
export const watched = <Watched extends MessageStream>(stream: Watched, protocols: WatchedProtocols): Watched => {
  const incoming = stream as Watched & Incoming
  assert(typeof incoming.onData === 'function' && incoming.readBuffer !== undefined, 'streams of the library take bytes through onData')
  const watch = new PrefixWatch(protocols)
  const receive = incoming.onData.bind(stream)
  const passes = (bytes: Bytes): boolean => {
    for (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) {
      if (watch.accepts(chunk)) continue
      offenders.add(stream)
      stream.abort(new GgenError('frame-invalid', 'a message announces its length in too many bytes'))
      return false
    }
    return true
  }
  // It stays where it is when nothing more has to be watched: something else may lie over it.
  incoming.onData = (bytes) => {
    if (watch.isOver || passes(bytes)) receive(bytes)
  }
  passes(incoming.readBuffer)
  return stream
}

const NOISE: WatchedProtocols = { agreed: new Set(['/noise']), raw: new Set(['/noise']) }
const YAMUX: WatchedProtocols = { agreed: new Set(['/yamux/1.0.0']), raw: new Set(['/yamux/1.0.0']) }

/**
 * A transport whose connections are watched until they are encrypted, and write little by little no more. With a seal nobody is heard who cannot make one,
 * and whoever dials begins, as all of us do, with the one encryption there is: an answer to anything else would tell a stranger what it can try next.
 */
export const watchedTransport =
  <Components>(factory: Factory<Components, Transport>, seal?: Seal): Factory<Components, Transport> =>
  (components) => {
    const transport = factory(components)
    type Upgrader = Parameters<Transport['createListener']>[0]['upgrader']
    const called = (connection: MultiaddrConnection): MultiaddrConnection => {
      const watching = watched(corked(connection), NOISE)
      return seal === undefined ? watching : seal(beginningWith(watching, '/noise'))
    }
    // What comes before the encryption is compared byte by byte: there is nothing else to watch.
    const dialled = (connection: MultiaddrConnection): MultiaddrConnection => {
      const agreeing = agreeingTo(corked(connection), '/noise')
      return seal === undefined ? agreeing : seal(agreeing)
    }
    const watching = (upgrader: Upgrader): Upgrader =>
      overriding(upgrader, {
        upgradeInbound: (connection: MultiaddrConnection, ...rest: [never]) => upgrader.upgradeInbound(called(connection), ...rest),
        upgradeOutbound: (connection: MultiaddrConnection, ...rest: [never]) => upgrader.upgradeOutbound(dialled(connection), ...rest),
      })
    return overriding(transport, {
      dial: (address, options) => transport.dial(address, { ...options, upgrader: watching(options.upgrader) }),
      createListener: (options) => transport.createListener({ ...options, upgrader: watching(options.upgrader) }),
    })
  }

/** An encryption whose streams are watched until a muxer is agreed on; where that was settled in the handshake, nothing is negotiated. */
export const watchedEncrypter =
  <Components>(factory: Factory<Components, ConnectionEncrypter>): Factory<Components, ConnectionEncrypter> =>
  (components) => {
    const encrypter = factory(components)
    type Secured = Awaited<ReturnType<ConnectionEncrypter['secureInbound']>>
    const watching = (secured: Secured): Secured => {
      if (secured.streamMuxer === undefined) watched(secured.connection, YAMUX)
      return secured
    }
    return overriding(encrypter, {
      secureInbound: async (...connection) => watching(await encrypter.secureInbound(...connection)),
      secureOutbound: async (...connection) => watching(await encrypter.secureOutbound(...connection)),
    })
  }

type RemoteStreams = StreamMuxer & { onRemoteStream(stream: MessageStream): void }

/** The library's own protocols wait: ping does not hear an end that comes before it listens, and what the DHT takes for told has to be agreed on. */
const isQuestion = (protocol: string | undefined): protocol is AskedProtocol => ASKED.some((ours) => ours === protocol)

/**
 * A muxer all of whose streams are watched to their end, quiet about their windows, and carry questions of ours without waiting for an agreement; what
 * the other side opens too quickly is reset before anything is negotiated.
 */
export const watchedMuxer =
  (factory: () => StreamMuxerFactory, protocols: WatchedProtocols, nowMs: () => number): (() => StreamMuxerFactory) =>
  () => {
    const muxers = factory()
    const createStreamMuxer = (connection: MessageStream): StreamMuxer => {
      const muxer = muxers.createStreamMuxer(connection) as RemoteStreams
      assert(typeof muxer.onRemoteStream === 'function', 'muxers of the library take streams through onRemoteStream')
      const accept = muxer.onRemoteStream.bind(muxer)
      const open = muxer.createStream.bind(muxer)
      let bucket: Bucket | undefined
      muxer.onRemoteStream = (stream) => {
        const draw = takeTokens(bucket, STREAMS, { nowMs: nowMs(), count: 1 })
        ;({ bucket } = draw)
        if (draw.granted) accept(openWhileAgreeing(quiet(watched(stream, protocols))))
        else stream.abort(new GgenError('too-busy', 'too many new streams'))
      }
      muxer.createStream = async (options) => {
        const stream = await open(options)
        const only = options?.protocol
        return quiet(watched(isQuestion(only) ? agreedAhead(stream, only) : stream, protocols))
      }
      return muxer
    }
    return overriding(muxers, { createStreamMuxer })
  }
