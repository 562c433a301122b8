/** The package managers that can be set up. */
export const NPM_CLIENTS = ['npm', 'pnpm', 'yarn', 'bun'] as const
export type NpmClient = (typeof NPM_CLIENTS)[number]

/** What is to be set up, or taken out. */
export interface NpmSetUpWish {
  /** Absent: the project where there is a package.json, else the user. */
  readonly whose?: 'user' | 'project'
  /** Absent: those whose files are there already, and npm. */
  readonly clients?: readonly NpmClient[]
  /** Nobody has to be asked. */
  readonly yes?: boolean
  readonly dryRun?: boolean
}
