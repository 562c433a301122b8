import { Command } from 'commander'
import { type OnChoice, share } from './options.ts'

const SECONDS = 60

/** `doctor` */
export const doctorCommand = (choose: OnChoice): Command => {
  const command = new Command('doctor').description('look for what is wrong on this machine, and say what to do about it')
  return share(command, 'ggen doctor', SECONDS).action(() => {
    choose(command, async (context) => (await import('./examine.ts')).examine()(context))
  })
}
