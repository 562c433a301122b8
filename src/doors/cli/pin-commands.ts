import { Command } from 'commander'
import { type OnChoice, share } from './options.ts'

const QUICK_SECONDS = 30
const TRANSFER_SECONDS = 600
const SPEC = 'NAME, NAME@VERSION, NAME@RANGE or @IDENTITY/NAME'

/** `pin PACKAGE` */
export const pinCommand = (choose: OnChoice): Command => {
  const command = new Command('pin').description('fetch a package and keep it on this node, however full the disk becomes').argument('<package>', SPEC)
  return share(command, 'ggen pin io.ggen.rust.cli@1.2.0', TRANSFER_SECONDS).action((spec: string) => {
    choose(command, async (context) => (await import('./commands/pin.ts')).pin(spec)(context))
  })
}

/** `unpin PACKAGE` */
export const unpinCommand = (choose: OnChoice): Command => {
  const command = new Command('unpin').description('let the node drop a pinned package when it needs the room').argument('<package>', SPEC)
  return share(command, 'ggen unpin io.ggen.rust.cli', QUICK_SECONDS).action((spec: string) => {
    choose(command, async (context) => (await import('./commands/unpin.ts')).unpin(spec)(context))
  })
}

/** `pins` */
export const pinsCommand = (choose: OnChoice): Command => {
  const command = new Command('pins').description('show what the node keeps for ever')
  return share(command, 'ggen pins', QUICK_SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/list-pins.ts')).listPins()(context))
  })
}
