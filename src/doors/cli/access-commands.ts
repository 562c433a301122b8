import { Command } from 'commander'
import { type OnChoice, readSpan, share } from './options.ts'

const QUICK_SECONDS = 30
const SUBJECT = 'a peer id, an IP address, or a /24 of IPv4 or /48 of IPv6'

interface BanOptions {
  /** Milliseconds. */
  readonly for?: number
  readonly why?: string
}

/** `ban PEER` */
export const banCommand = (choose: OnChoice): Command => {
  const command = new Command('ban')
    .description('cut a peer off, and have nothing to do with it any more')
    .argument('<peer>', SUBJECT)
    .option('--for <time>', 'for so long: 30s, 5 min or 1h (default: until you lift it)', readSpan)
    .option('--why <text>', 'a note for yourself')
  return share(command, 'ggen p2p ban 192.0.2.7 --for 1h --why "asks too much"', QUICK_SECONDS).action((subject: string, options: BanOptions) => {
    choose(command, async (context) => (await import('./commands/ban-peer.ts')).banPeer({ subject, forMs: options.for, reason: options.why })(context))
  })
}

/** `unban PEER` */
export const unbanCommand = (choose: OnChoice): Command => {
  const command = new Command('unban').description('lift a ban, whoever made it').argument('<peer>', SUBJECT)
  return share(command, 'ggen p2p unban 192.0.2.7', QUICK_SECONDS).action((subject: string) => {
    choose(command, async (context) => (await import('./commands/unban-peer.ts')).unbanPeer(subject)(context))
  })
}

/** `allow PEER` */
export const allowCommand = (choose: OnChoice): Command => {
  const command = new Command('allow')
    .description('never ban a peer, and let it in where its network has no place left')
    .argument('<peer>', 'a peer id')
    .option('--remove', 'treat it like any other peer again')
  return share(command, 'ggen p2p allow 12D3KooWALiceWALiceWALiceWALiceWALiceWALiceWALiceabc', QUICK_SECONDS).action(
    (peer: string, { remove = false }: { readonly remove?: boolean }) => {
      choose(command, async (context) => (await import('./commands/allow-peer.ts')).allowPeer({ peer, remove })(context))
    },
  )
}

/** `bans` */
export const bansCommand = (choose: OnChoice): Command => {
  const command = new Command('bans').description('show who is banned, and who is on the allow list')
  return share(command, 'ggen p2p bans', QUICK_SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/list-bans.ts')).listBans()(context))
  })
}
