import { Command } from 'commander'
import type { Flags } from '#config'
import { type OnChoice, share } from './options.ts'

const START_SECONDS = 60
const QUICK_SECONDS = 30

interface StartOptions extends Flags {
  readonly ticket?: string
  readonly export?: boolean
  readonly json?: boolean
  readonly timeout: number
}

/** `ci start|stop` */
export const ciCommands = (choose: OnChoice): Command => {
  const start = new Command('start')
    .description('leave a node behind for one job: light, publishing nothing, ending by itself when nobody asks it any more')
    .option('--ticket <ticket>', 'a ticket of a private network, or the file that holds it (default: GGEN_TICKET)')
    .option('--idle <time>', 'end when nobody has asked anything for so long, or off', '10m')
    .option('--export', 'print lines for a shell: eval "$(ggen ci start --export)"')
    .option('-l, --listen <address...>', 'listen on these addresses')
    .option('-b, --bootstrap <address...>', 'connect to these nodes first')
    .option('--no-mdns', 'do not look on the local network')
    .option('--http-port <port>', 'let npm, pnpm, yarn and bun ask over this TCP port (default: 4003, or a free port)')
  share(start, 'ggen ci start --ticket FILE --idle 5m', START_SECONDS).action((options: StartOptions) => {
    const { ticket, export: isExport = false, json: _, timeout: timeoutSeconds, mdns, ...more } = options
    const flags = { ...more, ...(mdns === false && { mdns }) }
    const asked = { flags, timeoutSeconds, isExport, ...(ticket !== undefined && { ticket }) }
    choose(start, async (context) => (await import('./commands/ci.ts')).startCi(asked)(context))
  })
  const stop = new Command('stop').description('stop the node of a job, and show how much came from where')
  share(stop, 'ggen ci stop', QUICK_SECONDS).action(() => {
    choose(stop, async (context) => (await import('./commands/ci.ts')).stopCi()(context))
  })
  const ci = new Command('ci').description('packages for the jobs of a CI system').addHelpText('after', '\nExample:\n  $ ggen ci start --export')
  for (const command of [start, stop]) ci.addCommand(command)
  return ci
}
