import type { InvitedReply, JoinedReply, LeftReply } from './commands/private-network.ts'
import { count } from './quantities.ts'

const RESTART = 'the node that runs is still where it was; restart it: ggen p2p stop, then ggen p2p start --detach'

const lines = (...said: readonly (string | false)[]): string => said.filter((line) => line !== false).join('\n')

/** The ticket alone, so that it can be piped. */
export const invitedText = ({ ticket }: InvitedReply): string => `${ticket}\n`

export const invitedRemark = ({ network, made, bootstrap, restart }: InvitedReply): string =>
  lines(
    made && `made the private network ${network}`,
    `whoever has this ticket can enter ${network}: give it to nobody else`,
    bootstrap.length === 0 && 'no node runs here, so the ticket names no address: it is good in the local network alone',
    restart && RESTART,
  )

export const joinedText = ({ network, bootstrap, follow, left, restart }: JoinedReply): string =>
  `${lines(
    left !== undefined && `left the private network ${left}`,
    `joined the private network ${network}, with ${count(bootstrap.length, 'address', 'addresses')} to connect to first`,
    follow.length > 0 && `the node will follow ${count(follow.length, 'publisher')} that the ticket names`,
    restart ? RESTART : 'start the node with: ggen p2p start --detach',
  )}\n`

export const leftText = ({ left, restart }: LeftReply): string =>
  `${lines(
    `left the private network${left === undefined ? '' : ` ${left}`}; what was held there stays in networks/ of the home folder`,
    restart && RESTART,
  )}\n`
