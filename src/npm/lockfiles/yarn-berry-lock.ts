import { type LockedEntry, lockedEntry, type LockfileFault, splitAt } from './locked-package.ts'
import { type YamlBlock, yamlBlocks, yamlLines } from './yaml-lines.ts'

const METADATA = '__metadata'

/** Whether a `yarn.lock` is of yarn 2 or later. */
export const isYarnBerryLock = (text: string): boolean => new RegExp(`^${METADATA}:`, 'm').test(text)

const berryEntry = ({ key, fields }: YamlBlock, fault: LockfileFault): LockedEntry => {
  const resolution = fields.get('resolution')
  if (resolution === undefined) throw fault(`${JSON.stringify(key.slice(0, 140))} has no resolution`)
  const [name, reference] = splitAt(resolution) ?? [resolution, '']
  const [, version, bindings = ''] = /^npm:([^:]*)(?:::(.*))?$/s.exec(reference) ?? []
  if (version === undefined) return undefined
  const resolved = new URLSearchParams(bindings).get('__archiveUrl') ?? undefined
  return lockedEntry({ name, version, resolved, isOptional: fields.has('conditions') }, fault)
}

const isProject = ({ fields }: YamlBlock): boolean => fields.get('resolution')?.endsWith('@workspace:.') === true

/** Reads what yarn 2 and later write. Their checksums are of archives that they make themselves, and say nothing of a registry's. */
export const readYarnBerryLock = (text: string, fault: LockfileFault): readonly LockedEntry[] =>
  yamlBlocks(yamlLines(text, fault), 0).filter((block) => block.key !== METADATA && !isProject(block)).map((block) => berryEntry(block, fault))
