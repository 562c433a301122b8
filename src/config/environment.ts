import type { PrivateNetwork } from './ticket.ts'

/** Environment variables; an empty text counts as absent. */
export type Variables = Readonly<Record<string, string | undefined>>

/** The machine and the user, as far as paths depend on them. All folders are absolute. */
export interface Platform {
  /** As `process.platform` spells it. */
  readonly os: string
  readonly userFolder: string
  readonly tempFolder: string
  readonly workingFolder: string
  /** Absent where the system has no numeric users. */
  readonly userId?: number
}

/** A file of settings after TOML parsing: `table` is not yet checked. */
export interface ConfigFile {
  readonly path: string
  readonly table: Readonly<Record<string, unknown>>
}

/** A private network, and the file that says so. */
export interface JoinedNetwork extends PrivateNetwork {
  readonly path: string
}

/** What the disk says about the configuration. */
export interface Files {
  /** Whether the folder `~/.ggen` exists. */
  readonly dotGgen: boolean
  /** `config.toml`, or the file that was named in its place. */
  readonly config?: ConfigFile
  /** `p2p-config.toml` beside it, which `config.toml` wins over. */
  readonly older?: ConfigFile
  /** The private network that the home is in. It is no matter of taste: what else is configured may not name another one. */
  readonly network?: JoinedNetwork
  /** `ggen.toml` of the project around the working folder. It wins over both, and may say little. */
  readonly project?: ConfigFile
}

/** Everything outside the command line that configures this process. */
export interface Environment {
  readonly env: Variables
  readonly platform: Platform
  readonly dotGgen: boolean
  /** The parsed file; `undefined` when it does not exist. Throws `config-invalid` when it cannot be read as TOML. */
  readConfigFile(path: string): Promise<ConfigFile | undefined>
  /** A file that nobody else may read; `undefined` when it does not exist. Throws `home-insecure` when others can. Absent: there are none. */
  readonly readSecretFile?: (path: string) => Promise<Uint8Array | undefined>
}

/** The value of a variable; `undefined` when it is unset or empty. */
export const variable = (env: Variables, name: string): string | undefined => {
  const text = Object.hasOwn(env, name) ? env[name] : undefined
  return text === undefined || text.trim() === '' ? undefined : text.trim()
}
