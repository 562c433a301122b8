import { posix } from 'node:path'
import { type Check, type Finding, folderOf, lineAt, type Source } from './tree.ts'

const CODE = /^(`{3,}|~{3,})[\s\S]*?^\1|`[^`\n]*`/gm
const LINK = /\]\(\s*<?([^)\s>]+)>?(?:\s+["'][^)]*)?\)|^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm
const HEADING = /^#{1,6}\s+(.+?)\s*#*$/gm
const ANCHOR = /<a\s+(?:id|name)="([^"]+)"/g

const isMarkdown = ({ path }: Source): boolean => path.endsWith('.md')

const withoutCode = (text: string): string => text.replace(CODE, (code) => code.replace(/[^\n]/g, ' '))

const withoutFences = (text: string): string => text.replace(/^(`{3,}|~{3,})[\s\S]*?^\1/gm, (code) => code.replace(/[^\n]/g, ' '))

const slugOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')

const anchorsOf = ({ text }: Source): ReadonlySet<string> => {
  const slugs = [...withoutFences(text).matchAll(HEADING)].map(([, heading]) => slugOf(heading ?? ''))
  const numbered = slugs.map((slug, index) => {
    const before = slugs.slice(0, index).filter((other) => other === slug).length
    return before === 0 ? slug : `${slug}-${before}`
  })
  return new Set([...numbered, ...[...text.matchAll(ANCHOR)].map(([, name]) => name ?? '')])
}

const exists = (sources: readonly Source[], path: string): boolean =>
  path === '.' || sources.some((source) => source.path === path || source.path.startsWith(`${path}/`))

const problemOf = (sources: readonly Source[], from: Source, target: string): string | undefined => {
  const [file = '', anchor] = decodeURI(target).split('#')
  const path = file === '' ? from.path : posix.join(folderOf(from.path), file).replace(/\/$/, '')
  if (!exists(sources, path)) return `"${target}" leads to ${path}, which does not exist`
  const page = sources.find((source) => source.path === path)
  if (anchor === undefined || page === undefined || !isMarkdown(page) || anchorsOf(page).has(anchor)) return undefined
  return `"${target}" leads to a heading that ${path} does not have`
}

const linkFindings = (sources: readonly Source[], from: Source): readonly Finding[] => {
  const text = withoutCode(from.text)
  return [...text.matchAll(LINK)].flatMap((found) => {
    const target = found[1] ?? found[2] ?? ''
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
    const problem = problemOf(sources, from, target)
    return problem === undefined ? [] : [{ path: from.path, line: lineAt(text, found.index), problem }]
  })
}

/** Links between documents lead to files and headings that exist; addresses on the network are not visited. */
export const checkLinks: Check = ({ sources }) => sources.filter(isMarkdown).flatMap((source) => linkFindings(sources, source))
