import type { FileDifference } from '#flow/install'
import type { CheckedPackage, RemovedPackage } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'

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
