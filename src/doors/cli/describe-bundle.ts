import { shortIdentity } from '#core'
import type { BundleReply, LeftPackageReply, TakenBundleReply, TakenRegistryReply } from '#doors/control'
import type { Outcome } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'
import { count, momentText, sizeText } from './quantities.ts'
import { type Column, fieldsText, tableText } from './table.ts'

const columnsFor = (title: string): readonly Column<LeftPackageReply>[] => [
  { title, cell: ({ name, version }) => `${name}@${version}` },
  { title: 'CODE', cell: ({ code }) => code },
  { title: 'WHY', cell: ({ why }) => plainText(why) },
]

const tableOf = (title: string, left: readonly LeftPackageReply[], look: Look): string =>
  (left.length === 0 ? '' : `\n${tableText(left, columnsFor(title), look)}`)

/** What went into a bundle. */
export const bundledText = ({ path, sizeBytes, registries, releases, left, leftOutCount }: BundleReply, look: Look): string => {
  const rows = registries.map(({ source, versions, keys }): readonly [string, string] =>
    ['packages', `${count(versions, 'version')} of ${plainText(source)}${keys ? ', with its keys' : ', which signs nothing'}`])
  const fields = fieldsText([
    ...rows,
    ...(releases === 0 ? [] : [['packages', `${count(releases, 'release')} of the network, with what is signed`] as const]),
    ...(leftOutCount === 0 ? [] : [['not in it', `${count(leftOutCount, 'entry', 'entries')} that no registry has (git, files, links)`] as const]),
    ['size', sizeText(sizeBytes)],
  ], look)
  return `${look.bold(plainText(path))}\n\n${fields}${tableOf('OPTIONAL, NOT HAD', left, look)}`
}

const KEYS: Readonly<Record<TakenRegistryReply['keys'], string>> = {
  known: 'signed by keys that are known here', taken: 'signed by keys that were taken from the bundle', none: 'not signed',
}

/** What came out of a bundle. */
export const takenText = ({ madeAtMs, registries, releases, left, undocumented, sizeBytes }: TakenBundleReply, look: Look): string => {
  const rows = registries.flatMap(({ source, versions, keys, fingerprints }): (readonly [string, string])[] => [
    ['packages', `${count(versions, 'version')} of ${plainText(source)}, ${KEYS[keys]}`],
    ...(keys === 'taken' ? fingerprints.map((one): readonly [string, string] => ['key', plainText(one)]) : []),
  ])
  const fields = fieldsText([
    ['made', momentText(madeAtMs)],
    ...rows,
    ...releases.map(({ name, version, identity }): readonly [string, string] =>
      ['package', `${name}@${version}${identity === undefined ? '' : ` by ${shortIdentity(identity)}`}`]),
    ['archives', sizeText(sizeBytes)],
  ], look)
  return `${fields}${tableOf('DOES NOT COUNT', left, look)}${tableOf('ONLY WITH A LOCK FILE', undocumented, look)}`
}

/** What keeps what is here from being installed. */
export const takenRemark = ({ registries }: TakenBundleReply): string | undefined => {
  const lines = registries.flatMap(({ source, asked }) =>
    (asked === undefined ? [] : [`npm on this machine asks ${plainText(asked)} for packages of ${plainText(source)}: name that one in its .npmrc`]))
  return lines.length === 0 ? undefined : lines.join('\n')
}

type BundleOutcome = Extract<Outcome, { readonly kind: 'bundled' | 'bundle-taken' }>

/** What people see of a bundle that was made or taken. */
export const bundleOutcomeText = (outcome: BundleOutcome, look: Look): { readonly result: string; readonly remark?: string } => {
  if (outcome.kind === 'bundled') return { result: bundledText(outcome.value, look) }
  const remark = takenRemark(outcome.value)
  return { result: takenText(outcome.value, look), ...(remark !== undefined && { remark }) }
}
