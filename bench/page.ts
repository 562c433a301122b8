import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from './measure.ts'

const ROOT = join(import.meta.dirname, '..')

/** Where the page is. */
export const PAGE = join(ROOT, 'docs', 'reference', 'performance.md')

interface Chapter {
  /** Of the file in `bench/results/`, and of the benchmark. */
  readonly name: string
  readonly title: string
  readonly about: string
}

const CHAPTERS: readonly Chapter[] = [
  {
    name: 'catalogue', title: 'The catalogue',
    about: 'How a catalogue spreads among nodes that run as processes of their own, what it costs to bring and to keep, and how soon it answers.',
  },
  {
    name: 'transfer', title: 'Packages',
    about: 'Bytes of packages between two or more processes on one machine, every byte hashed and flushed by whoever receives it.',
  },
  { name: 'trust', title: 'Trust', about: 'What it costs to believe nobody.' },
  {
    name: 'limits', title: 'Limits of the first documents',
    about: 'What they set as targets and never measured; every node is a process of its own, and the limit stands beside what was found.',
  },
  {
    name: 'hybrid', title: 'A registry and peers',
    about: 'What it costs nodes that ask a central registry first when that goes, or was never there: every one of them is a process of its own.',
  },
  {
    name: 'npm', title: 'The door for npm',
    about: 'A registry is 50 ms and 100 Mbit/s away, and npm has nothing cached: alone, through Verdaccio and through nodes, in turns.',
  },
  { name: 'startup', title: 'Starting', about: 'Commands, and a node that has nothing to do.' },
  {
    name: 'delta', title: 'Deltas between versions',
    about: 'What sending differences instead of archives would bring; [it is not built](../design/transfer.md).',
  },
]

const fileOf = (name: string): string => join(ROOT, 'bench', 'results', `${name}.json`)

const INTRODUCTION = `# Performance

Every figure here was measured by a benchmark of this repository, beside a baseline in the same run, and lies in \`bench/results/\`: this page is made of
those files by \`npm run bench -- page\`, and a test compares them. The machine has two cores, which all processes of a row share, and was seldom idle:
ratios say more than times. Where a figure is the middle one of several rounds, the lowest and the highest stand behind it.
`

const number = (value: number | null): string => {
  if (value === null) return '–'
  if (Math.abs(value) >= 1000) return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
  return String(value)
}

/** A figure that is only stated reaches no goal and misses none. */
const reached = ({ goal, pass, missing }: Result): string => {
  if (missing !== undefined || goal === 'stated' || !/[<>≤≥×]|faster/.test(goal)) return '–'
  return pass ? 'yes' : '**no**'
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

const row = (result: Result): string => {
  const { what, unit, ours, lowest, highest, baseline, baselineName, ratio, goal, missing } = result
  const spread = lowest === undefined || highest === undefined ? '' : ` (${number(lowest)} – ${number(highest)})`
  const beside = missing === undefined ? `${number(baseline)} (${baselineName})` : `${baselineName}: ${missing}`
  return `| ${[what, `${number(ours)} ${unit}${spread}`, beside, missing === undefined ? number(ratio) : '–', goal, reached(result)].map(cell).join(' | ')} |`
}

const chapter = ({ name, title, about }: Chapter, results: readonly Result[]): string => [
  `## ${title}`, '', `${about} \`npm run bench -- ${name}\``, '',
  '| What | Ours | Beside | Ratio | Goal | Reached |', '|---|---|---|---|---|---|', ...results.map(row), '',
].join('\n')

/** The text of the page, out of `bench/results/`: a benchmark that was not recorded yet has no chapter. */
export const performancePage = async (): Promise<string> => {
  const recorded = CHAPTERS.filter(({ name }) => existsSync(fileOf(name)))
  const chapters = recorded.map(async (one) => chapter(one, JSON.parse(await readFile(fileOf(one.name), 'utf8')) as readonly Result[]))
  return [INTRODUCTION, ...(await Promise.all(chapters))].join('\n')
}

/** Writes the page. */
export const run = async (): Promise<void> => {
  await writeFile(PAGE, await performancePage())
  console.log('docs/reference/performance.md is written')
}
