import type { Flags } from './flags.ts'
import type { Kind } from './kind.ts'

/** Another way to write a key, where its value is of another kind: other units, say. */
export interface Spelling<T> {
  readonly key: string
  readonly kind: Kind<T>
}

/** One thing that can be configured: everything that reads, shows or explains it follows from this. */
export interface Setting<T> {
  /** Its path in a file, as in `p2p.max_connections`; absent: it has none. */
  readonly key?: string
  /** Other paths that mean the same. */
  readonly also?: readonly (string | Spelling<NoInfer<T>>)[]
  /** Where several are set, the first of them counts. */
  readonly variables?: readonly string[]
  readonly flag?: Exclude<keyof Flags, 'config'>
  /** The option as help shows it. */
  readonly option?: string
  readonly kind: Kind<T>
  /** What holds where nobody says anything; `undefined`: nothing. */
  readonly usual: NoInfer<T> | undefined
  /** What the reference page says instead of the value. */
  readonly usually?: string
  /** One line for people: `port for the bytes of packages`. */
  readonly says: string
  /** Who heeds it: a node when it starts, or each command. */
  readonly by: 'node' | 'command'
  /** Why it changes nothing here; absent: it does. */
  readonly idle?: string
  /** Only whether it is set is ever shown. */
  readonly isSecret?: true
  /** What several sources say is added up: none can take away what another one says. */
  readonly adds?: true
  /** A project's `ggen.toml` may say it. */
  readonly byProject?: true
}

/** Checks a row, and keeps the type of its value. */
export const setting = <T>(row: Setting<T>): Setting<T> => row

/** Every path of a setting, the usual one first. */
export const spellingsOf = <T>({ key, also = [], kind }: Setting<T>): readonly Spelling<T>[] =>
  key === undefined ? [] : [{ key, kind }, ...also.map((other) => (typeof other === 'string' ? { key: other, kind } : other))]
