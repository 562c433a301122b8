import { Command, InvalidArgumentError, Option } from 'commander'
import { LIMITS, type StatusState } from '#core'
import { type OnChoice, share } from './options.ts'

const SECONDS = 60
const SPEC = 'NAME@VERSION, or NAME@* for every version'
/** Why a version may have to go. */
const REASONS = ['malware', 'legal', 'secret', 'mistake'] as const

/** Reads a reason for commander. */
export const readWhy = (text: string): string => {
  if ([...text].length > LIMITS.reasonChars) throw new InvalidArgumentError(`Give at most ${LIMITS.reasonChars} characters.`)
  return text
}

interface StatusOptions {
  readonly why?: string
  readonly reason?: (typeof REASONS)[number]
}

/** What others read: the kind of reason first, where there is one. */
const reasonOf = ({ why, reason }: StatusOptions): string | undefined => {
  if (reason === undefined) return why
  return why === undefined ? reason : `${reason}: ${why}`
}

const run = (choose: OnChoice, command: Command, state: StatusState): Command =>
  command.argument('<package>', SPEC).action((spec: string, options: StatusOptions) => {
    const why = reasonOf(options)
    choose(command, async (context) => (await import('./commands/change-status.ts')).changeStatus({ spec, state, ...(why !== undefined && { why }) })(context))
  })

/** `yank PACKAGE` */
export const yankCommand = (choose: OnChoice): Command => {
  const command = new Command('yank')
    .description('let nobody choose a version of yours any more; who has it in a lock file keeps it')
    .option('--why <text>', 'what others are told', readWhy)
  return run(choose, share(command, 'ggen yank my-tool@1.2.0 --why "does not start"', SECONDS), 'yanked')
}

/** `deprecate PACKAGE` */
export const deprecateCommand = (choose: OnChoice): Command => {
  const command = new Command('deprecate')
    .description('advise against a version of yours, which stays to be chosen')
    .option('--why <text>', 'what others are told', readWhy)
  return run(choose, share(command, 'ggen deprecate my-tool@1.2.0 --why "use 2.0"', SECONDS), 'deprecated')
}

/** `withdraw PACKAGE` */
export const withdrawCommand = (choose: OnChoice): Command => {
  const command = new Command('withdraw')
    .description('take a version of yours back: nodes give nobody its bytes any more')
    .addOption(new Option('--reason <kind>', 'why it has to go').choices(REASONS).makeOptionMandatory())
    .option('--why <text>', 'what others are told besides', readWhy)
  return run(choose, share(command, 'ggen withdraw my-tool@1.2.0 --reason secret --why "holds a token"', SECONDS), 'withdrawn')
}

/** `undo PACKAGE` */
export const undoCommand = (choose: OnChoice): Command => {
  const command = new Command('undo').description('take back what you said of a version: it stands as before')
  return run(choose, share(command, 'ggen undo my-tool@1.2.0', SECONDS), 'live')
}
