import { Command, Option } from 'commander'
import type { IdentityId } from '#core'
import type { SearchQuestion } from '#doors/control'
import { collect, type OnChoice, readLimit, readPublisher, readSince, share } from './options.ts'

interface SearchOptions {
  readonly category?: string
  readonly tag?: readonly string[]
  readonly author?: string
  readonly license?: string
  readonly publisher?: IdentityId
  readonly kind?: string
  readonly scripts?: boolean
  readonly since?: number
  readonly sort?: NonNullable<SearchQuestion['sort']>
  readonly limit: number
  readonly cursor?: string
  readonly explain?: boolean
}

const LIMIT = 20
const QUICK_SECONDS = 30
const ORDERS: readonly SearchOptions['sort'][] = ['relevance', 'name', 'date']

const toQuestion = (words: readonly string[], options: SearchOptions): SearchQuestion => {
  const { category, tag, author, license, publisher, kind, scripts, since, sort, limit, cursor, explain } = options
  const parts = Object.entries({ category, tags: tag, author, license, publisher, kind, scripts, since, sort, limit, cursor, explain })
  return { words, ...Object.fromEntries(parts.filter(([, value]) => value !== undefined)) }
}

/** `search WORDS…` */
export const searchCommand = (choose: OnChoice): Command => {
  const command = new Command('search')
    .description('find packages by words')
    .argument('[words...]', 'words of the name, the description, the tags')
    .option('-c, --category <category>', 'only this category')
    .option('-t, --tag <tag>', 'only with this tag; may be repeated', collect)
    .option('--author <name>', 'only by this author')
    .option('--license <license>', 'only under this license')
    .option('--publisher <identity>', 'only signed by this publisher', readPublisher)
    .option('--kind <kind>', 'only archives of this kind, such as tgz')
    .option('--scripts', 'only with install scripts')
    .option('--no-scripts', 'only without install scripts')
    .option('--since <date>', 'only released since a day, a moment, or 7d ago', readSince)
    .addOption(new Option('--sort <order>', 'best first, by name, or newest first').choices(ORDERS.map(String)))
    .option('-l, --limit <number>', 'show at most this many', readLimit, LIMIT)
    .option('--cursor <text>', 'go on where the page before ended')
    .option('--explain', 'show why each package stands where it does')
  const example = 'ggen search web server --category templates --tag rust'
  return share(command, example, QUICK_SECONDS).action((words: readonly string[], options: SearchOptions) => {
    const question = toQuestion(words, options)
    choose(command, async (context) => (await import('./commands/search.ts')).search(question)(context))
  })
}
