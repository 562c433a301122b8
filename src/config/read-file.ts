import type { ConfigFile } from './environment.ts'
import { invalid, isTable, type Place, type Table } from './kind.ts'
import { nearest } from './nearest.ts'
import type { Said, Saying } from './read-settings.ts'
import { KEYS, type Named, type SettingId } from './settings.ts'

/** Whose file it is. */
export interface FileRole {
  /** Other programs have tables in it, too. */
  readonly isShared: boolean
  /** It came with a project, so that it may say only what cannot hurt whoever looks at that project. */
  readonly isProject: boolean
}

/** In a file that others use as well, these are ours. The generator has `[security]`, `[performance]` and `[cache]` of its own there. */
const OWN_TABLES: ReadonlySet<string> = new Set(['p2p', 'registry', 'trust', 'limits', 'seed', 'control'])

const GROUPS: ReadonlySet<string> = new Set([...KEYS.keys()].flatMap((key) => key.split('.').map((_, index, parts) => parts.slice(0, index).join('.'))))

/** One table of a file, and what was found in it so far. */
class FileReader {
  readonly #file: ConfigFile
  readonly #role: FileRole
  readonly #remark: Place['remark']
  readonly said = new Map<SettingId, Said>()

  constructor(file: ConfigFile, role: FileRole, remark: Place['remark']) {
    this.#file = file
    this.#role = role
    this.#remark = remark
  }

  read(table: Table, above: readonly string[]): void {
    for (const [name, value] of Object.entries(table)) {
      if (above.length === 0 && this.#role.isShared && !OWN_TABLES.has(name)) continue
      const key = [...above, name].join('.')
      const named = name.includes('.') ? undefined : KEYS.get(key)
      const isGroup = !name.includes('.') && GROUPS.has(key)
      if (isGroup && isTable(value)) this.read(value, [...above, name])
      else if (named !== undefined) this.#take(key, value, named)
      else if (isGroup) throw invalid(this.#where(key), 'must be a table')
      else throw this.#unknown(key, isTable(value))
    }
  }

  #where(key: string): string {
    return `${this.#file.path}: ${key}`
  }

  #take(key: string, value: unknown, { id, row, kind }: Named): void {
    const from = this.#where(key)
    if (this.#role.isProject && row.byProject !== true) throw this.#forbidden(key)
    const read = kind.fromToml(value, { from, remark: this.#remark })
    const before = this.said.get(id)
    if (before !== undefined && JSON.stringify(row.kind.write(before.value)) !== JSON.stringify(row.kind.write(read))) {
      throw invalid(from, `says something else than ${before.origin.name.slice(this.#file.path.length + 2)}, which means the same; keep one of them`)
    }
    this.said.set(id, { value: read, origin: { kind: 'file', name: from } })
  }

  #forbidden(key: string): Error {
    const hint = `write it into config.toml of your home folder, or start the node with --config ${this.#file.path}`
    return invalid(this.#where(key), 'a project may not say that: whoever looks at it would have another node, or trust others, without knowing', hint)
  }

  #unknown(key: string, isTableOfOthers: boolean): Error {
    const shown = key.slice(0, 128)
    const meant = nearest(key, isTableOfOthers ? [...GROUPS].filter((group) => group !== '') : KEYS.keys())
    const what = isTableOfOthers ? 'no such table' : 'no such key'
    return invalid(this.#where(shown), what, meant === undefined ? 'ggen config show lists every key' : `did you mean ${meant}?`)
  }
}

/**
 * What a file says. Keys and tables that mean nothing are refused with the nearest that does, but for tables of others in a shared file. Throws
 * `config-invalid` or `address-invalid` that name file and key.
 */
export const readFile = (file: ConfigFile, role: FileRole, remark: Place['remark']): Saying => {
  const reader = new FileReader(file, role, remark)
  reader.read(file.table, [])
  return reader.said
}
