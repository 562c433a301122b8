const EXPORT_FROM = /^export\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'\.\/([^']+)'/gm
const NAMED_IMPORT = /^import\s+(?:type\s+)?\{([^}]*)\}\s*from\s*'\.\/mod\.ts'/gm
const NAMESPACE_IMPORT = /^import\s+(?:type\s+)?\*\s+as\s+(\w+)\s+from\s*'\.\/mod\.ts'/gm

const namesOf = (list: string): readonly string[] => list.split(',').map((item) => item.trim().replace(/^type\s+/, ''))

const filesByName = (door: string): ReadonlyMap<string, string> =>
  new Map([...door.matchAll(EXPORT_FROM)].flatMap(([, list = '', file = '']) => namesOf(list).map((item) => [item.replace(/^.*\sas\s+/, ''), file] as const)))

const namesTaken = (text: string): readonly string[] => {
  const named = [...text.matchAll(NAMED_IMPORT)].flatMap(([, list = '']) => namesOf(list).map((item) => item.replace(/\s+as\s.*$/, '')))
  const members = [...text.matchAll(NAMESPACE_IMPORT)].flatMap(([, space = '']) => [...text.matchAll(new RegExp(String.raw`\b${space}\.(\w+)`, 'g'))])
  return [...named, ...members.map(([, name = '']) => name)]
}

/** The files behind a front door (the text of mod.ts) of which a test takes at least one name from './mod.ts'. */
export const filesThroughDoor = (door: string, test: string): ReadonlySet<string> => {
  const files = filesByName(door)
  return new Set(namesTaken(test).flatMap((name) => files.get(name) ?? []))
}
