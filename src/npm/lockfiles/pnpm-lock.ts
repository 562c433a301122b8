import { type LockedEntry, lockedEntry, type LockfileFault, splitAt } from './locked-package.ts'
import { fieldsInLine, type YamlBlock, yamlBlocks, yamlLines } from './yaml-lines.ts'

/** What stands behind a package in brackets says which peers it was given. */
const withoutPeers = (key: string): string => {
  const [name, version] = splitAt(key) ?? [key, '']
  return `${name}@${version.split('(', 1)[0]}`
}

/** Of version 9: what is optional wherever it is used. */
const optionalSnapshots = (snapshots: readonly YamlBlock[]): ReadonlySet<string> => {
  const optional = new Set<string>()
  const needed = new Set<string>()
  for (const { key, fields } of snapshots) (fields.get('optional') === 'true' ? optional : needed).add(withoutPeers(key))
  return optional.difference(needed)
}

const pnpmEntry = (id: string, { fields }: YamlBlock, { isOptional, fault }: { isOptional: boolean; fault: LockfileFault }): LockedEntry => {
  const [name, version] = splitAt(withoutPeers(id)) ?? [id, '']
  const resolution = fieldsInLine(fields.get('resolution') ?? '', fault)
  // Whatever is of a registry has no type.
  if (resolution === undefined || resolution.has('type')) return undefined
  const tarball = resolution.get('tarball')
  if (tarball?.startsWith('file:') === true) return undefined
  return lockedEntry({ name, version, integrity: resolution.get('integrity'), resolved: tarball, isOptional }, fault)
}

/** Reads what pnpm writes, versions 6 and 9 of its format. */
export const readPnpmLock = (text: string, fault: LockfileFault): readonly LockedEntry[] => {
  const lines = yamlLines(text, fault)
  const versions = lines.filter(({ indent, key }) => indent === 0 && key === 'lockfileVersion').map(({ value }) => value)
  const isSix = versions.every((version) => version.startsWith('6.'))
  if (versions.length === 0 || !(isSix || versions.every((version) => version.startsWith('9.')))) throw fault('its lockfileVersion is neither 6 nor 9')
  const optional = optionalSnapshots(yamlBlocks(lines, 2, 'snapshots'))
  return yamlBlocks(lines, 2, 'packages').map((block) => {
    if (!isSix) return pnpmEntry(block.key, block, { isOptional: optional.has(withoutPeers(block.key)), fault })
    if (!block.key.startsWith('/')) return undefined
    return pnpmEntry(block.key.slice(1), block, { isOptional: block.fields.get('optional') === 'true', fault })
  })
}
