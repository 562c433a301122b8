import type { Command } from 'commander'
import type { SearchQuestion } from '#doors/control'
import { collect, readPublisher, readSince } from './options.ts'

type Filters = Omit<SearchQuestion, 'words' | 'sort' | 'limit' | 'cursor' | 'explain'>

/** What a package must be like, for commands that choose some; each option is called like what it asks for. */
export interface FilterOptions extends Omit<Filters, 'tags'> {
  readonly tag?: readonly string[]
}

/** Gives a command the options of `FilterOptions`. */
export const addFilters = (command: Command): Command =>
  command
    .option('-c, --category <category>', 'only this category')
    .option('-t, --tag <tag>', 'only with this tag; may be repeated', collect)
    .option('--author <name>', 'only by this author')
    .option('--license <license>', 'only under this license')
    .option('--publisher <identity>', 'only signed by this publisher', readPublisher)
    .option('--kind <kind>', 'only archives of this kind, such as tgz')
    .option('--scripts', 'only with install scripts')
    .option('--no-scripts', 'only without install scripts')
    .option('--since <date>', 'only released since a day, a moment, or 7d ago', readSince)

/** The part of a question that the options of `FilterOptions` are. */
export const toFilters = ({ category, tag: tags, author, license, publisher, kind, scripts, since }: FilterOptions): Filters =>
  present({ category, tags, author, license, publisher, kind, scripts, since })

/** Those of some values that there are. */
export const present = <T extends object>(values: T): { readonly [Key in keyof T]?: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { readonly [Key in keyof T]?: Exclude<T[Key], undefined> }
