import { Command } from 'commander'
import type { IdentityId } from '#core'
import { type OnChoice, readPublisher, share } from './options.ts'

const QUICK_SECONDS = 30

interface InviteOptions {
  readonly network?: string
  readonly follow: readonly IdentityId[]
}

const collectPublishers = (text: string, before: readonly IdentityId[]): readonly IdentityId[] => [...before, readPublisher(text)]

/** `invite` */
export const inviteCommand = (choose: OnChoice): Command => {
  const command = new Command('invite')
    .description('print the ticket to your private network, or make one first')
    .option('--network <name>', 'make a private network of this name (default: a name that is made up)')
    .option('--follow <identity>', 'whom those follow who join with this ticket; can be repeated', collectPublishers, [])
  return share(command, 'ggen invite --network acme', QUICK_SECONDS).action(({ network, follow }: InviteOptions) => {
    const asked = { follow, ...(network !== undefined && { network }) }
    choose(command, async (context) => (await import('./commands/private-network.ts')).invite(asked)(context))
  })
}

/** `join` */
export const joinCommand = (choose: OnChoice): Command => {
  const command = new Command('join')
    .description('enter a private network')
    .argument('[ticket]', 'what ggen invite printed; - reads it from what is piped (default: GGEN_TICKET)')
    .option('--force', 'leave the private network that this home is in')
  return share(command, 'ggen join ggen1…', QUICK_SECONDS).action((ticket: string | undefined, { force = false }: { readonly force?: boolean }) => {
    choose(command, async (context) => (await import('./commands/private-network.ts')).join(ticket, { force })(context))
  })
}

/** `leave` */
export const leaveCommand = (choose: OnChoice): Command => {
  const command = new Command('leave').description('leave your private network')
  return share(command, 'ggen leave', QUICK_SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/private-network.ts')).leave()(context))
  })
}
