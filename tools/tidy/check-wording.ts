import { type Ban, type Check, type Finding, findingsOf, type Source } from './tree.ts'

interface WordBan extends Ban {
  readonly applies: (source: Source) => boolean
}

const everywhere = (): boolean => true
const inProgram = ({ path }: Source): boolean => path.startsWith('src/')

/** Spelled in parts, so that this file does not hold what it forbids. */
const MACHINE_FOLDERS = ['work', 'root']
const REGISTRY_HOSTS = [['registry', 'npmjs'], ['registry', 'yarnpkg']].map((labels) => labels.join(String.raw`\.`))

const BANS: readonly WordBan[] = [
  { applies: inProgram, pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/g, problem: ([word]) => `${word}: finish it, or leave it out` },
  { applies: inProgram, pattern: /\b(?:placeholders?|not implemented|for now)\b/gi, problem: ([word]) => `"${word}": finish it, or leave it out` },
  {
    applies: everywhere,
    pattern: new RegExp(String.raw`(?<![\w.~})\]>-])/(?:${MACHINE_FOLDERS.join('|')})/`, 'g'),
    problem: ([path]) => `${path} is a path of one machine`,
  },
  {
    applies: everywhere,
    pattern: new RegExp(REGISTRY_HOSTS.join('|'), 'gi'),
    problem: ([host]) => `${host} is the host of one registry; name no registry host`,
  },
]

const banFindings = (source: Source): readonly Finding[] =>
  BANS.filter(({ applies }) => applies(source))
    .flatMap((ban) => findingsOf(source.path, source.text, ban))
    .sort((a, b) => a.line - b.line)

/** No unfinished work in the program; no machine's paths and no registry's host in any text. */
export const checkWording: Check = ({ sources }) => sources.flatMap(banFindings)
