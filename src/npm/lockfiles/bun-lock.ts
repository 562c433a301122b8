import { plainJson } from './jsonc.ts'
import { isForSomeSystems, type LockedEntry, lockedEntry, type LockfileFault, splitAt } from './locked-package.ts'
import { isSet, isTable, parseTable, tableAt } from './table.ts'

const NEWEST_VERSION = 2

/** `[name@version, address or nothing, about, integrity]`; whatever is not of a registry has something else than an address in the second place. */
const bunEntry = ([key, entry]: readonly [string, unknown], fault: LockfileFault): LockedEntry => {
  if (!Array.isArray(entry)) throw fault(`${JSON.stringify(key)} is no list`)
  const [id, resolved, about, integrity] = entry as readonly unknown[]
  if (typeof id !== 'string') throw fault(`${JSON.stringify(key)} does not say what it is`)
  const [name, version] = splitAt(id) ?? [id, '']
  if (typeof resolved !== 'string' || !isTable(about) || isSet(about, 'bundled')) return undefined
  const isOptional = isForSomeSystems(about)
  return lockedEntry({ name, version, resolved, integrity: typeof integrity === 'string' ? integrity : undefined, isOptional }, fault)
}

/** Reads the text form of bun's lock file, versions 0 to 2. */
export const readBunLock = (text: string, fault: LockfileFault): readonly LockedEntry[] => {
  const lock = parseTable(plainJson(text.replace(/^\uFEFF/, '')), fault)
  const version = lock['lockfileVersion']
  if (typeof version !== 'number' || !(version >= 0 && version <= NEWEST_VERSION)) throw fault(`its lockfileVersion is none of 0 to ${NEWEST_VERSION}`)
  return Object.entries(tableAt(lock, 'packages')).map((entry) => bunEntry(entry, fault))
}
