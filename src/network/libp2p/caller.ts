import type { Connection } from '@libp2p/interface'
import { hostOfAddress } from './address-scope.ts'
import type { Caller } from './token-bucket.ts'

/** Who is at the other end of a connection. */
export const callerOf = ({ remotePeer, remoteAddr }: Pick<Connection, 'remotePeer' | 'remoteAddr'>): Caller =>
  ({ peer: remotePeer.toString(), host: hostOfAddress(remoteAddr.toString()) })
