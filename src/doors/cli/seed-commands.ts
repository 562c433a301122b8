import { GgenError } from '#core'
import { optionsOf } from './seed-options.ts'

/** A command that documents of before name, and what it is here. */
export type SeedCommand =
  | { readonly seed: string; readonly ours: string }
  /** There is no such command, and why, and what to use. */
  | { readonly seed: string; readonly why: string; readonly instead: string }

const rows = (group: string, pairs: Readonly<Record<string, string>>): readonly SeedCommand[] =>
  Object.entries(pairs).map(([name, ours]) => ({ seed: `${group} ${name}`, ours }))

const FIND = { why: 'nothing here guesses what you may like', instead: 'ggen search WORDS, with --category and --tag' }
const CATEGORIES = { why: 'a category is a condition of a search', instead: 'ggen search --category NAME' }
const GENERATOR = { why: 'that belongs to the generator, not to the marketplace', instead: 'run the generator' }

/** In no order: the longest one that fits counts. */
export const SEED_COMMANDS: readonly SeedCommand[] = [
  ...rows('p2p', {
    'peer-list': 'p2p peers', 'peer-info': 'p2p peers', bootstrap: 'p2p connect', search: 'p2p search', publish: 'p2p publish', status: 'p2p status',
    peers: 'p2p peers', 'config show': 'config show', 'config validate': 'config validate',
  }),
  { seed: 'p2p disconnect', why: 'a peer that is merely cut off comes back', instead: 'ggen p2p ban PEER --for 1h; or ggen p2p stop for all of them' },
  { seed: 'p2p config edit', why: 'settings are in a file of yours', instead: 'ggen config path shows which; ggen config validate checks it' },
  { seed: 'p2p config reset', why: 'settings are in a file of yours', instead: 'take out what you wrote there: ggen config path' },
  ...rows('marketplace', {
    p2p: 'p2p', search: 'search', install: 'install', list: 'list', publish: 'publish', remove: 'remove', info: 'info', update: 'update',
  }),
  { seed: 'marketplace validate', why: 'a package is checked when it is published, before anything is signed', instead: 'ggen publish PATH' },
  ...rows('market', {
    search: 'search', add: 'install', remove: 'remove', list: 'list', info: 'info', publish: 'publish', update: 'update', 'offline search': 'search',
    'offline info': 'info', 'cache clear': 'cache clear', 'cache stats': 'cache stats', 'cache validate': 'cache verify',
  }),
  { seed: 'market categories', ...CATEGORIES },
  { seed: 'market offline categories', ...CATEGORIES },
  { seed: 'market recommend', ...FIND },
  { seed: 'market natural', ...FIND },
  { seed: 'market sync', why: 'a node compares its catalogue with others by itself', instead: 'ggen p2p status shows how far it is' },
  { seed: 'market unpublish', why: 'what was signed cannot be unsaid', instead: 'ggen yank NAME@VERSION, or ggen withdraw NAME@VERSION' },
  ...rows('pack', { add: 'install', remove: 'remove', list: 'list', show: 'info', search: 'search', doctor: 'doctor' }),
  { seed: 'pack new', ...GENERATOR },
  ...rows('packs', { install: 'install', list: 'list', show: 'info', validate: 'verify' }),
  { seed: 'sync run', ...GENERATOR },
]

const fits = (words: readonly string[], { seed }: SeedCommand): boolean => seed.split(' ').every((word, index) => words[index] === word)

const longest = (words: readonly string[]): SeedCommand | undefined =>
  SEED_COMMANDS.filter((command) => fits(words, command)).toSorted((a, b) => b.seed.length - a.seed.length)[0]

/**
 * The arguments as this program has them, where they begin with a command of documents of before; otherwise as they are. Throws `usage`, which says what to
 * use, for a command that has no meaning here.
 */
export const fromSeed = (args: readonly string[]): readonly string[] => {
  const command = longest(args)
  if (command === undefined) return args
  if ('why' in command) throw new GgenError('usage', `there is no ${command.seed}: ${command.why}`, { hint: command.instead })
  const rest = optionsOf(command.ours, args.slice(command.seed.split(' ').length))
  const own = [...command.ours.split(' '), ...rest]
  // `marketplace p2p peer-list` is `p2p peer-list` before it is what we have.
  return command.seed === 'marketplace p2p' ? fromSeed(own) : own
}
