import { Command, InvalidArgumentError, Option } from 'commander'
import {
  type IdentityId, isGgenError, LIMITS, parseDuration, parseIdentityId, parsePackageName, parseVersion, SEVERITIES, type Severity, type Version,
} from '#core'
import type { Subject } from './commands/speak-of-others.ts'
import { type OnChoice, readPublisher, share } from './options.ts'
import { readWhy } from './status-commands.ts'

const SECONDS = 60
const WHOLE = 'a whole identity, as ggen info NAME shows it'
const SUBJECT = '@IDENTITY for everything of a publisher, or @IDENTITY/NAME'

/** Reads a publisher, or a package of one, for commander. */
export const readSubject = (text: string): Subject => {
  const [head = '', ...rest] = text.replace(/^@/, '').split('/')
  try {
    return { identity: parseIdentityId(head), ...(rest.length > 0 && { name: parsePackageName(rest.join('/')) }) }
  } catch (error) {
    if (!isGgenError(error, 'name-invalid')) throw error
    throw new InvalidArgumentError(`Give ${SUBJECT}, with a whole identity as ggen info NAME shows it.`)
  }
}

/** Reads how long something counts for commander; milliseconds. */
export const readSpan = (text: string): number => {
  try {
    return parseDuration(text)
  } catch (error) {
    if (!isGgenError(error, 'config-invalid')) throw error
    throw new InvalidArgumentError('Give a time like 90d or 12h.')
  }
}

const readReference = (text: string): string => {
  if ([...text].length > LIMITS.referenceChars) throw new InvalidArgumentError(`Give at most ${LIMITS.referenceChars} characters.`)
  return text
}

const readFix = (text: string): Version => {
  try {
    return parseVersion(text)
  } catch (error) {
    if (!isGgenError(error, 'version-invalid')) throw error
    throw new InvalidArgumentError('Give a version like 1.2.3.')
  }
}

/** `follow IDENTITY` */
export const followCommand = (choose: OnChoice): Command => {
  const command = new Command('follow').description('heed what a publisher says of others, from now on').argument('<identity>', WHOLE, readPublisher)
  return share(command, 'ggen follow bafyrei…', SECONDS).action((identity: IdentityId) => {
    choose(command, async (context) => (await import('./commands/follow.ts')).follow(identity)(context))
  })
}

/** `unfollow IDENTITY` */
export const unfollowCommand = (choose: OnChoice): Command => {
  const command = new Command('unfollow').description('heed it no more').argument('<identity>', WHOLE, readPublisher)
  return share(command, 'ggen unfollow bafyrei…', SECONDS).action((identity: IdentityId) => {
    choose(command, async (context) => (await import('./commands/follow.ts')).unfollow(identity)(context))
  })
}

/** `followed` */
export const followedCommand = (choose: OnChoice): Command => {
  const command = new Command('followed').description('show whose word on others you heed')
  return share(command, 'ggen followed', SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/follow.ts')).listFollowed()(context))
  })
}

interface EndorseFlags {
  readonly block?: boolean
  readonly none?: boolean
  readonly why?: string
  readonly for?: number
}

/** `endorse SUBJECT` */
export const endorseCommand = (choose: OnChoice): Command => {
  const command = new Command('endorse')
    .description('vouch for a publisher, or warn of it, to everybody who follows you')
    .argument('<publisher>', SUBJECT, readSubject)
    .addOption(new Option('--block', 'warn of it: who follows you installs nothing of it').conflicts('none'))
    .option('--none', 'take back what you said of it')
    .option('--why <text>', 'what others are told', readWhy)
    .option('--for <time>', 'how long it counts, such as 90d; for ever where it is absent', readSpan)
  return share(command, 'ggen endorse @bafyrei…/my-tool --for 90d', SECONDS).action((subject: Subject, flags: EndorseFlags) => {
    const level = flags.block === true ? 'block' : flags.none === true ? 'none' : 'vouch'
    const said = { subject, level, ...(flags.why !== undefined && { why: flags.why }), ...(flags.for !== undefined && { forMs: flags.for }) } as const
    choose(command, async (context) => (await import('./commands/speak-of-others.ts')).endorse(said, Date.now())(context))
  })
}

interface AdviseFlags {
  readonly severity: Severity
  readonly why?: string
  readonly ref?: string
  readonly fix?: Version
}

/** `advise PACKAGE` */
export const adviseCommand = (choose: OnChoice): Command => {
  const command = new Command('advise')
    .description('advise against versions of a package, to everybody who follows you')
    .argument('<package>', '@IDENTITY/NAME@RANGE')
    .addOption(new Option('--severity <grade>', 'how bad it is; none takes back what you said of the same range').choices(SEVERITIES).makeOptionMandatory())
    .option('--why <text>', 'what others are told', readWhy)
    .option('--ref <url>', 'where there is more to read', readReference)
    .option('--fix <version>', 'the first version without it', readFix)
  const example = `ggen advise '@bafyrei…/my-tool@<1.2.3' --severity high --why "runs what it is sent" --fix 1.2.3`
  return share(command, example, SECONDS).action((spec: string, { severity, why, ref, fix }: AdviseFlags) => {
    const said = { spec, severity, ...(why !== undefined && { why }), ...(ref !== undefined && { ref }), ...(fix !== undefined && { fix }) }
    choose(command, async (context) => (await import('./commands/speak-of-others.ts')).advise(said)(context))
  })
}

/** `trust block SUBJECT` */
export const blockCommand = (choose: OnChoice): Command => {
  const command = new Command('block')
    .description('install nothing of a publisher and give nobody its bytes, whatever others say')
    .argument('<publisher>', SUBJECT, readSubject)
    .option('--why <text>', 'what you want to remember of it', readWhy)
  return share(command, 'ggen trust block @bafyrei…/my-tool --why "steals keys"', SECONDS).action((subject: Subject, { why }: { readonly why?: string }) => {
    choose(command, async (context) => (await import('./commands/follow.ts')).block(subject, why)(context))
  })
}

/** `trust unblock SUBJECT` */
export const unblockCommand = (choose: OnChoice): Command => {
  const command = new Command('unblock').description('take back what you blocked').argument('<publisher>', SUBJECT, readSubject)
  return share(command, 'ggen trust unblock @bafyrei…/my-tool', SECONDS).action((subject: Subject) => {
    choose(command, async (context) => (await import('./commands/follow.ts')).unblock(subject)(context))
  })
}

/** `trust blocked` */
export const blockedCommand = (choose: OnChoice): Command => {
  const command = new Command('blocked').description('show what you blocked yourself')
  return share(command, 'ggen trust blocked', SECONDS).action(() => {
    choose(command, async (context) => (await import('./commands/follow.ts')).listBlocked()(context))
  })
}
