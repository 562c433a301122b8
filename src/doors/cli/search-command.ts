import { Command, Option } from 'commander'
import type { SearchQuestion } from '#doors/control'
import { addFilters, type FilterOptions, present, toFilters } from './filter-options.ts'
import { type OnChoice, readLimit, share } from './options.ts'
import type { WhomFlags } from './commands/whom-to-ask.ts'
import { addWhom, toWhom } from './whom-options.ts'

interface SearchOptions extends FilterOptions, WhomFlags {
  readonly sort?: NonNullable<SearchQuestion['sort']>
  readonly limit?: number
  readonly cursor?: string
  readonly explain?: boolean
}

const QUICK_SECONDS = 30
const ORDERS: readonly SearchOptions['sort'][] = ['relevance', 'name', 'date']

const toQuestion = (words: readonly string[], options: SearchOptions): SearchQuestion => {
  const { sort, limit, cursor, explain } = options
  return { words, ...toFilters(options), ...present({ sort, limit, cursor, explain }) }
}

/** `search WORDS…` */
export const searchCommand = (choose: OnChoice): Command => {
  const searching = new Command('search').description('find packages by words').argument('[words...]', 'words of the name, the description, the tags')
  const filtered = addFilters(searching)
    .addOption(new Option('--sort <order>', 'best first, by name, or newest first').choices(ORDERS.map(String)))
    .option('-l, --limit <number>', 'show at most this many (default: 20)', readLimit)
    .option('--cursor <text>', 'go on where the page before ended')
    .option('--explain', 'show why each package stands where it does')
  const command = addWhom(filtered, 'ask this registry only, or search an index of another one: an address, or a folder')
  const example = 'ggen search web server --category templates --tag rust'
  return share(command, example, QUICK_SECONDS).action((words: readonly string[], options: SearchOptions) => {
    const question = toQuestion(words, options)
    choose(command, async (context) => (await import('./commands/search.ts')).search(question, toWhom(options))(context))
  })
}
