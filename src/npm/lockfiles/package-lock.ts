import { type LockedEntry, lockedEntry, type LockfileFault, splitAt } from './locked-package.ts'
import { isSet, isTable, parseTable, type Table, tableAt, textAt } from './table.ts'

const isElsewhere = (resolved: string | undefined): boolean => resolved !== undefined && !/^https?:/i.test(resolved)

const nameOfFolder = (path: string): string | undefined => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1]

/** Versions 2 and 3: `packages` has the folder of every package. */
const folderEntry = (folderName: string, entry: Table, fault: LockfileFault): LockedEntry => {
  const resolved = textAt(entry, 'resolved')
  if (isSet(entry, 'link') || isSet(entry, 'inBundle') || isElsewhere(resolved)) return undefined
  const [name, version, integrity] = [textAt(entry, 'name') ?? folderName, textAt(entry, 'version') ?? '', textAt(entry, 'integrity')]
  return lockedEntry({ name, version, integrity, resolved, isOptional: isSet(entry, 'optional') }, fault)
}

/** The project itself, and folders that links lead to, are not in `node_modules`. */
const folderEntries = (lock: Table, fault: LockfileFault): readonly LockedEntry[] =>
  Object.entries(tableAt(lock, 'packages')).flatMap(([path, entry]) => {
    if (!isTable(entry)) throw fault(`${JSON.stringify(path)} is no table`)
    const name = nameOfFolder(path)
    return name === undefined ? [] : [folderEntry(name, entry, fault)]
  })

/** Version 1: `dependencies`, and in each those that lie in its own folder. */
const nestedEntry = (key: string, entry: Table, fault: LockfileFault): LockedEntry => {
  const written = textAt(entry, 'version') ?? ''
  const resolved = textAt(entry, 'resolved')
  if (isSet(entry, 'bundled') || isElsewhere(resolved)) return undefined
  const [name, version] = written.startsWith('npm:') ? splitAt(written.slice('npm:'.length)) ?? [key, ''] : [key, written]
  return lockedEntry({ name, version, integrity: textAt(entry, 'integrity'), resolved, isOptional: isSet(entry, 'optional') }, fault)
}

const nestedEntries = (lock: Table, fault: LockfileFault): readonly LockedEntry[] => {
  const entries: LockedEntry[] = []
  const open = Object.entries(tableAt(lock, 'dependencies'))
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [key, entry] = next
    if (!isTable(entry)) throw fault(`${JSON.stringify(key)} is no table`)
    entries.push(nestedEntry(key, entry, fault))
    for (const inner of Object.entries(tableAt(entry, 'dependencies'))) open.push(inner)
  }
  return entries
}

/** Reads what npm writes, versions 1 to 3. */
export const readPackageLock = (text: string, fault: LockfileFault): readonly LockedEntry[] => {
  const lock = parseTable(text.replace(/^\uFEFF/, ''), fault)
  const version = lock['lockfileVersion']
  if (version === 1) return nestedEntries(lock, fault)
  if (version !== 2 && version !== 3) throw fault('its lockfileVersion is none of 1, 2 and 3')
  return folderEntries(lock, fault)
}
