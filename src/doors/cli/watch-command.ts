import { Command } from 'commander'
import { NEWS_TYPES, type NewsType, type PackageName, STATUS_STATES, type StatusState } from '#core'
import type { WatchQuestion } from '#doors/control'
import { addFilters, type FilterOptions, present, toFilters } from './filter-options.ts'
import { collectNames, collectOf, type OnChoice, readCount, readSeconds, share, type WaitOptions } from './options.ts'

interface WatchCommandOptions extends FilterOptions, WaitOptions {
  readonly name?: readonly PackageName[]
  readonly type?: readonly NewsType[]
  readonly status?: readonly StatusState[]
  readonly limit?: number
}

const toQuestion = (words: readonly string[], options: WatchCommandOptions): WatchQuestion => {
  const { name: names, type: types, status: states } = options
  return { words, ...toFilters(options), ...present({ names, types, states }) }
}

/** `watch [WORDS… | NAME…]` */
export const watchCommand = (choose: OnChoice): Command => {
  const command = addFilters(
    new Command('watch')
      .description('show new releases and what publishers say of old ones, as it becomes known')
      .argument('[words...]', 'words as for search, or names of packages; everything without any')
      .option('--name <name>', 'only the package that is called exactly so; may be repeated', collectNames)
      .option('--type <type>', `only ${NEWS_TYPES.join(', ')}; may be repeated`, collectOf(NEWS_TYPES))
      .option('--status <status>', `only what is ${STATUS_STATES.join(', ')} now; may be repeated`, collectOf(STATUS_STATES)),
  )
    .option('-l, --limit <number>', 'end after this many', readCount)
    .option('--timeout <seconds>', 'end with an error after this time (default: never)', readSeconds)
  return share(command, 'ggen watch web server --type release').action((words: readonly string[], options: WatchCommandOptions) => {
    const wish = { question: toQuestion(words, options), ...present({ limit: options.limit }), isTimed: options.timeout !== undefined }
    choose(command, async (context) => (await import('./commands/watch.ts')).watch(wish)(context))
  })
}
