import type { FileDifference } from '#flow/install'
import type { CheckedPackage, FreshPackage, InstallReport, OutdatedPackage, PlannedFresh, PlannedReport, RemovedPackage } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, sizeText, spanText } from './quantities.ts'
import { type Column, tableText } from './table.ts'

const originText = ({ sources, resumedBytes, durationMs }: FreshPackage): string => {
  if (sources.length === 0) return 'from this machine'
  const bytes = sources.reduce((sum, share) => sum + share.bytes, 0)
  const rest = resumedBytes === 0 ? '' : `, the other ${sizeText(resumedBytes)} were here`
  return `${sizeText(bytes)} from ${count(sources.length, 'peer')} in ${spanText(durationMs)}${rest}`
}

const freshText = (fresh: FreshPackage, look: Look): string => {
  const { name, version, from, path, source } = fresh
  const what = from === undefined ? `installed ${look.bold(`${name} ${version}`)}` : `updated ${look.bold(`${name} ${version}`)} from ${from}`
  const voucher = source === undefined ? '' : `; ${plainText(source)} vouches for its digest; nobody signed it`
  return `${what} (${originText(fresh)}${voucher})\n  ${plainText(path)}\n`
}

/** What became of a project; one line where there was nothing to do. */
export const installedText = ({ installed, removed, kept }: InstallReport, look: Look): string => {
  if (installed.length + removed.length > 0) return installed.map((fresh) => freshText(fresh, look)).join('') + removedText(removed, look)
  return kept.length === 0 ? 'nothing is asked for here\n' : `nothing to do: ${count(kept.length, 'package')} as it should be\n`
}

/** What was left out, and rings, for people. */
export const leftRemark = ({ left, cycles = [] }: Pick<InstallReport, 'left' | 'cycles'>): string | undefined => {
  const out = left.map(({ name, wantedBy, why }) => {
    const wanters = wantedBy.map((by) => by.name ?? 'the project').join(' and ')
    return `left out ${name}, which ${wanters} can do without: ${why.message}`
  })
  const rings = cycles.map((ring) => `${ring.join(', ')} need each other`)
  const lines = [...out, ...rings].map(plainText)
  return lines.length === 0 ? undefined : lines.join('\n')
}

const plannedText = ({ name, version, from, sizeBytes }: PlannedFresh, look: Look): string => {
  const what = from === undefined ? `would install ${look.bold(`${name} ${version}`)}` : `would update ${look.bold(`${name} ${version}`)} from ${from}`
  return `${what} (${sizeText(sizeBytes)})\n`
}

/** What would become of a project. */
export const wouldText = ({ planned, removed }: PlannedReport, look: Look): string => {
  if (planned.length + removed.length === 0) return 'nothing would change\n'
  const gone = removed.map(({ name, version }) => `would remove ${look.bold(`${name} ${version}`)}\n`)
  return [...planned.map((one) => plannedText(one, look)), ...gone].join('')
}

/** What is newer than what a project has. */
export const updatesText = ({ planned, removed }: PlannedReport, look: Look): string =>
  [
    ...planned.map(({ name, version, from }) => `${look.bold(name)} ${from === undefined ? 'would come' : from} → ${version}\n`),
    ...removed.map(({ name, version }) => `${look.bold(name)} ${version} would go\n`),
  ].join('')

const heldBackText = ({ wanted, latest, heldBackBy }: OutdatedPackage): string => {
  if (wanted === latest) return ''
  if (heldBackBy.length === 0) return 'too new, or advised against'
  return heldBackBy.map(({ by, range }) => `${by ?? 'the project'} wants ${range}`).join(', ')
}

const OUTDATED_COLUMNS: readonly Column<OutdatedPackage>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'CURRENT', cell: ({ current }) => current },
  { title: 'WANTED', cell: ({ wanted }) => wanted },
  { title: 'LATEST', cell: ({ latest }) => latest },
  { title: 'WHY NOT', cell: (one) => plainText(heldBackText(one)) },
]

export const outdatedText = (outdated: readonly OutdatedPackage[], look: Look): string =>
  outdated.length === 0 ? '' : tableText(outdated, OUTDATED_COLUMNS, look)

const DIFFERENCES: Readonly<Record<FileDifference['what'], string>> = {
  missing: 'is gone',
  changed: 'has other contents',
  extra: 'does not belong to it',
  rights: 'may be executed, or may not, unlike in its archive',
  kind: 'is a link, or a folder for a file, or a file for a folder',
}

const differenceText = ({ path, what }: FileDifference): string => `  ${path === '' ? 'the package' : plainText(path)} ${DIFFERENCES[what]}\n`

const checkedText = ({ name, version, state, differences, error }: CheckedPackage, look: Look): string => {
  const title = `${name} ${version}`
  if (state === 'whole') return `whole    ${title}\n`
  if (state === 'changed') return `${look.red('changed')}  ${look.bold(title)}\n${differences.map(differenceText).join('')}`
  return `${look.red('unknown')}  ${look.bold(title)}: ${plainText(error?.message ?? '')}\n`
}

export const removedText = (packages: readonly RemovedPackage[], look: Look): string =>
  packages.map(({ name, version }) => `removed ${look.bold(`${name} ${version}`)}\n`).join('')

/** Each package of a project, and each file that is not as it was signed. */
export const verifiedText = (packages: readonly CheckedPackage[], look: Look): string => packages.map((one) => checkedText(one, look)).join('')
