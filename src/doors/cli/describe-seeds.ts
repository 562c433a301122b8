import { SEED_COMMANDS } from './seed-commands.ts'
import { REFUSED_OPTIONS } from './seed-options.ts'

const BEGIN = '<!-- seeds -->\n'
const END = '\n<!-- /seeds -->'

/** The table of the reference page: every command of documents of before, and the options that are not here. */
export const seedTable = (): string => {
  const others = SEED_COMMANDS.filter((command) => !('ours' in command) || command.ours !== command.seed)
  const rows = others.map((command) =>
    'ours' in command ? `| \`${command.seed}\` | \`ggen ${command.ours}\` |` : `| \`${command.seed}\` | none, ${command.why}: ${command.instead} |`)
  const options = REFUSED_OPTIONS.map(({ seed, why, instead }) => `| \`${seed}\` | none, ${why}: ${instead} |`)
  return ['| Before | Here |', '| --- | --- |', ...rows, ...options].join('\n')
}

/** A page with the table made anew between its marks. */
export const withSeeds = (page: string): string => {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from === -1 || to < from) throw new RangeError('the page has no marks for commands of before')
  return `${page.slice(0, from + BEGIN.length)}\n${seedTable()}\n${page.slice(to)}`
}
