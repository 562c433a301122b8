import type { MessageStream, MultiaddrConnection } from '@libp2p/interface'
import assert from 'node:assert/strict'

/** The parts of a TCP connection of the library that its interface leaves out. */
interface Writing {
  readonly socket: { cork(): void; uncork(): void }
  sendData(data: Iterable<Uint8Array>): unknown
}

/**
 * A connection that hands to the system in one call what is written within one turn. The library writes every frame by itself, its length and
 * its content apart, and a short question is half a dozen frames.
 */
export const corked = <Corked extends MultiaddrConnection>(connection: Corked): Corked => {
  const writing = connection as Corked & Writing
  assert(typeof writing.sendData === 'function' && typeof writing.socket?.cork === 'function', 'connections of the library write to a socket')
  const { socket } = writing
  const send = writing.sendData.bind(connection)
  let isCorked = false
  writing.sendData = (data) => {
    if (!isCorked) {
      isCorked = true
      socket.cork()
      // After everything that this turn still has to say.
      process.nextTick(() => {
        isCorked = false
        socket.uncork()
      })
    }
    return send(data)
  }
  return connection
}

/** The window of a Yamux stream, which its interface leaves out. */
interface Windowed {
  readonly recvWindow: number
  readonly recvWindowCapacity: number
  sendWindowUpdate(): void
}

/**
 * A stream that tells the sender of new room when a quarter of its window was used. The library tells after every frame, so that a short
 * answer costs as many frames again, and the other side wakes up for each.
 */
export const quiet = <Quiet extends MessageStream>(stream: Quiet): Quiet => {
  const windowed = stream as Quiet & Windowed
  assert(typeof windowed.sendWindowUpdate === 'function' && windowed.recvWindow > 0, 'streams of the library tell of their window')
  const tell = windowed.sendWindowUpdate.bind(stream)
  windowed.sendWindowUpdate = () => {
    if (windowed.recvWindowCapacity * 4 <= windowed.recvWindow * 3) tell()
  }
  return stream
}
