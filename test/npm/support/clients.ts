import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'

const CLIENTS_FOLDER = join(import.meta.dirname, '..', '..', '..', 'tools', 'npm-clients', 'node_modules')
const DEADLINE_MS = 120_000

export const CLIENT_NAMES = ['npm', 'pnpm', 'yarn1', 'yarn4', 'bun'] as const
export type ClientName = (typeof CLIENT_NAMES)[number]

/** A client as a user has it at his terminal: nothing but its home folder, which holds its caches and settings, decides what it does. */
export interface Seat {
  readonly client: ClientName
  /** Made for this seat alone. */
  readonly home: string
  /** Ends in `/`; empty: its settings name it, and no variable does. */
  readonly registry: string
  /** More variables, e.g. of what is tested. */
  readonly env?: Readonly<Record<string, string>>
}

export interface SeatOptions {
  readonly client: ClientName
  readonly home: string
  readonly registry: string
  /** Of a user who has logged in. */
  readonly token?: string
  /** More lines of `.npmrc`, or of `.yarnrc.yml` for yarn 4. */
  readonly settings?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export interface ClientRun {
  /** -1: killed, by the deadline as well. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export interface RunOptions {
  /** Where the project lies. */
  readonly cwd: string
  readonly deadlineMs?: number
  /** Put before the command of the client, e.g. `ggen with`. */
  readonly through?: readonly string[]
}

/** What is started for a client, without its arguments. */
export const programOf = (client: ClientName): readonly [string, ...string[]] => {
  const inFolder = (...path: readonly string[]): string => join(CLIENTS_FOLDER, ...path)
  switch (client) {
    case 'npm': return [process.execPath, inFolder('npm12', 'bin', 'npm-cli.js')]
    case 'pnpm': return [inFolder('@pnpm', `exe.${process.platform}-${process.arch}`, 'pnpm')]
    case 'yarn1': return [process.execPath, inFolder('yarn1', 'bin', 'yarn.js')]
    case 'yarn4': return [process.execPath, inFolder('yarn4', 'bin', 'yarn.js')]
    case 'bun': return [inFolder('@oven', `bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`, 'bin', 'bun')]
  }
}

/** Why a client cannot be run here; false: it can. As `skip` of a test. */
export const whyMissing = (client: ClientName): string | false => {
  const missing = programOf(client).find((file) => !existsSync(file))
  return missing !== undefined && `${client} is not installed for ${process.platform}-${process.arch}`
}

/** Takes a seat: writes the settings of its user. The registry is named by the environment alone. */
export const takeSeat = async ({ client, home, registry, token, settings = [], env }: SeatOptions): Promise<Seat> => {
  await mkdir(home, { recursive: true })
  const tokenLine = client === 'yarn4' ? `npmAuthToken: "${token}"` : `${registry.replace(/^https?:/, '')}:_authToken=${token}`
  const lines = [...settings, ...(token === undefined ? [] : [tokenLine])]
  await writeFile(join(home, client === 'yarn4' ? '.yarnrc.yml' : '.npmrc'), lines.map((line) => `${line}\n`).join(''), { mode: 0o600 })
  return { client, home, registry, ...(env !== undefined && { env }) }
}

/** The variables that name the registry, as far as the client heeds one. */
export const registryVariables = (registry: string): Readonly<Record<string, string>> => ({
  npm_config_registry: registry,
  pnpm_config_registry: registry,
  YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
  YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
})

/** Everything the client sees of the machine: no variable of this process comes through. */
export const environmentOf = ({ home, registry, env }: Seat): Record<string, string> => ({
  HOME: home,
  PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
  TERM: 'dumb',
  NO_COLOR: '1',
  XDG_CACHE_HOME: join(home, '.cache'),
  XDG_CONFIG_HOME: join(home, '.config'),
  XDG_DATA_HOME: join(home, '.local', 'share'),
  XDG_STATE_HOME: join(home, '.local', 'state'),
  npm_config_globalconfig: join(home, 'no-global-npmrc'),
  npm_config_update_notifier: 'false',
  npm_config_fund: 'false',
  npm_config_progress: 'false',
  pnpm_config_update_notifier: 'false',
  YARN_ENABLE_TELEMETRY: '0',
  YARN_IGNORE_PATH: '1',
  YARN_NODE_LINKER: 'node-modules',
  DO_NOT_TRACK: '1',
  ...(registry !== '' && registryVariables(registry)),
  ...env,
})

/** Runs a client to its end; what it started ends with it. */
export const runClient = async (seat: Seat, args: readonly string[], { cwd, deadlineMs = DEADLINE_MS, through = [] }: RunOptions): Promise<ClientRun> => {
  const [command, ...rest] = [...through, ...programOf(seat.client), ...args] as [string, ...string[]]
  const began = performance.now()
  const child = spawn(command, rest, { cwd, env: environmentOf(seat), stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  child.stdout.on('data', (chunk: Buffer) => chunks.stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.stderr.push(chunk))
  const killAll = (): void => void process.kill(-(child.pid ?? 0), 'SIGKILL')
  const deadline = setTimeout(() => {
    chunks.stderr.push(Buffer.from(`\nkilled after ${deadlineMs} ms\n`))
    killAll()
  }, deadlineMs)
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(deadline)
  return { code: code ?? -1, stdout: Buffer.concat(chunks.stdout).toString(), stderr: Buffer.concat(chunks.stderr).toString(), ms: performance.now() - began }
}
