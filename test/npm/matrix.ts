import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeTree } from '#testing'
import { NO_SIGSTORE } from './support/no-sigstore.ts'
import { type ClientName, type ClientRun, type MadeProject, runClient, type Seat, type StubUpstream, takeSeat } from './support/mod.ts'

/** Where one client is tried out: `registry` is what it is told, `upstream` is where that gets things from, or the same. */
export interface Scene {
  readonly client: ClientName
  readonly registry: string
  readonly token: string
  /** Whose the token is; by default the user of the registry of the tests. */
  readonly userName?: string
  readonly upstream: StubUpstream
  readonly project: MadeProject
  /** What is published and changed. Refused: it is a package of somebody else, as a registry that only passes on has no other. */
  readonly target: { readonly name: string; readonly isRefused: boolean }
  /** An empty folder. */
  readonly work: string
}

interface Tried extends Scene {
  readonly seat: Seat
  /** The folder of the project, and that of what is published. */
  readonly folders: { readonly project: string; readonly published: string }
  readonly run: ClientRun
}

interface Cell {
  readonly what: string
  /** Of the clients that have the command. */
  readonly commands: Partial<Readonly<Record<ClientName, readonly string[]>>>
  /** In which of the folders. */
  readonly where: 'project' | 'published'
  readonly prepare?: (folders: Tried['folders']) => Promise<void>
  /** What else has to be true when it ended with 0. */
  readonly check: (tried: Tried) => void | Promise<void>
  /** The client has to end with 0: unless false is said. */
  readonly endsWell?: boolean
}

const NAME = 'NAME'

const isInstalled = ({ project, folders }: Tried): void => {
  const direct = Object.keys(project.manifest['dependencies'] as object)
  assert.deepEqual(direct.filter((name) => !existsSync(join(folders.project, 'node_modules', name, 'index.js'))), [])
}

interface Document {
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, { readonly deprecated?: string }>>
}

/** What the registry says of what was published, to somebody who asks just now. */
const published = async ({ registry, target }: Tried): Promise<Document | undefined> => {
  const answer = await fetch(registry + target.name.replace('/', '%2f'), { headers: { 'cache-control': 'no-cache' } })
  const document = (await answer.json()) as Document
  return answer.ok ? document : undefined
}

const prints = (text: string) => ({ run }: Tried): void => assert.ok(run.stdout.includes(text), `${text} in ${run.stdout}`)
/** A door answers for itself. */
const pings = ({ registry, upstream }: Tried): void =>
  assert.equal(upstream.asked(/^\/-\/ping$/).length, registry === upstream.url ? 1 : 0)

/** Whatever else a client says, a user has to see why, and what to do. */
const isRefused = ({ run: { code, stdout, stderr }, upstream }: Tried): void => {
  const said = stdout + stderr
  assert.notEqual(code, 0, said)
  assert.match(said, /belongs to the upstream registry[^]*--registry/)
  assert.deepEqual(upstream.requests.filter(({ method }) => method === 'PUT' || method === 'DELETE'), [])
}

const asks = (path: RegExp) => ({ upstream }: Tried): void => assert.ok(upstream.asked(path).length > 0, `asked for ${path}`)

/** What is tried, in this order: later rows need what earlier ones did. */
const CELLS: readonly Cell[] = [
  {
    what: 'install without a lock file', where: 'project', check: isInstalled,
    commands: { npm: ['install'], pnpm: ['install'], yarn1: ['install'], yarn4: ['install'], bun: ['install'] },
  },
  {
    what: 'install what the lock file says', where: 'project', check: isInstalled,
    prepare: ({ project }) => rm(join(project, 'node_modules'), { recursive: true }),
    commands: {
      npm: ['ci'], pnpm: ['install', '--frozen-lockfile'], yarn1: ['install', '--frozen-lockfile'], yarn4: ['install', '--immutable'],
      bun: ['install', '--frozen-lockfile'],
    },
  },
  {
    what: 'view', where: 'project', check: prints('made up'),
    commands: {
      npm: ['view', 'made-up-0', 'description'], pnpm: ['view', 'made-up-0', 'description'], yarn1: ['info', 'made-up-0', 'description'],
      yarn4: ['npm', 'info', 'made-up-0', '--fields', 'description'], bun: ['info', 'made-up-0', 'description'],
    },
  },
  {
    what: 'dist-tag ls', where: 'project', check: prints('latest'),
    commands: { npm: ['dist-tag', 'ls', 'made-up-0'], pnpm: ['dist-tag', 'ls', 'made-up-0'], yarn4: ['npm', 'tag', 'list', 'made-up-0'] },
  },
  { what: 'search', where: 'project', check: prints('made-up-0'), commands: { npm: ['search', 'made-up-0'] } },
  { what: 'ping', where: 'project', check: pings, commands: { npm: ['ping'], pnpm: ['ping'] } },
  {
    what: 'whoami', where: 'project', check: (tried) => prints(tried.userName ?? 'alice')(tried),
    commands: { npm: ['whoami'], pnpm: ['whoami'], yarn4: ['npm', 'whoami'], bun: ['pm', 'whoami'] },
  },
  {
    what: 'audit', where: 'project', check: asks(/^\/-\/npm\/v1\/security\//),
    // yarn 1 asks a host of its own for advisories, whichever registry it was given.
    commands: { npm: ['audit'], pnpm: ['audit'], yarn4: ['npm', 'audit'], bun: ['audit'] },
  },
  {
    what: 'audit signatures', where: 'project', check: prints('verified registry signatures'),
    commands: { npm: ['audit', 'signatures'], pnpm: ['audit', 'signatures'] },
  },
]

/** What is tried with a name that may be published. */
const CHANGES: readonly Cell[] = [
  {
    what: 'publish', where: 'published', check: async (tried) => assert.deepEqual(Object.keys((await published(tried))?.versions ?? {}), ['1.0.0']),
    commands: {
      npm: ['publish'], pnpm: ['publish', '--no-git-checks'], yarn1: ['publish', '--non-interactive'], yarn4: ['npm', 'publish'], bun: ['publish'],
    },
  },
  {
    what: 'dist-tag add', where: 'published', check: async (tried) => assert.equal((await published(tried))?.['dist-tags']['beta'], '1.0.0'),
    commands: {
      npm: ['dist-tag', 'add', `${NAME}@1.0.0`, 'beta'],
      pnpm: ['dist-tag', 'add', `${NAME}@1.0.0`, 'beta'], yarn4: ['npm', 'tag', 'add', `${NAME}@1.0.0`, 'beta'],
    },
  },
  {
    what: 'deprecate', where: 'published', check: async (tried) => assert.equal((await published(tried))?.versions['1.0.0']?.deprecated, 'too old'),
    commands: { npm: ['deprecate', `${NAME}@1.0.0`, 'too old'], pnpm: ['deprecate', `${NAME}@1.0.0`, 'too old'] },
  },
  {
    what: 'unpublish', where: 'published', check: async (tried) => assert.equal(await published(tried), undefined),
    commands: { npm: ['unpublish', NAME, '--force'], pnpm: ['unpublish', NAME, '--force'] },
  },
]

/** npm trusts keys of the internet alone, and would take archives from where a document says, unless it is told otherwise. */
const AS_WITH_GGEN = { ...NO_SIGSTORE, npm_config_replace_registry_host: 'always' } as const

/** Tries everything that a client can do with a registry. Returns what was tried with its milliseconds; throws at the first that goes otherwise. */
export const tryEverything = async (scene: Scene): Promise<ReadonlyMap<string, number>> => {
  const { client, registry, token, work, target } = scene
  const seat = await takeSeat({ client, home: join(work, 'home'), registry, token, env: client === 'npm' ? AS_WITH_GGEN : {} })
  const published = { name: target.name, version: target.isRefused ? '9.9.9' : '1.0.0', description: 'published by a test', license: 'MIT', main: 'index.js' }
  const folders = {
    project: await writeTree(join(work, 'project'), { 'package.json': JSON.stringify(scene.project.manifest) }),
    published: await writeTree(join(work, 'published'), { 'package.json': JSON.stringify(published), 'index.js': 'module.exports = 1\n' }),
  }
  if (client === 'yarn4') {
    // It publishes only what it has a lock file for.
    await writeTree(folders.published, { 'yarn.lock': '' })
    await runClient(seat, ['install'], { cwd: folders.published })
  }
  const tookMs = new Map<string, number>()
  const changes = target.isRefused ? CHANGES.map((cell) => ({ ...cell, check: isRefused, endsWell: false })) : CHANGES
  for (const { what, commands, where, prepare, check, endsWell = true } of [...CELLS, ...changes]) {
    const command = commands[client]
    if (command === undefined) continue
    await prepare?.(folders)
    scene.upstream.forgetRequests()
    const args = command.map((word) => word.replace(NAME, target.name))
    const run = await runClient(seat, args, { cwd: folders[where] })
    if (endsWell) assert.equal(run.code, 0, `${client}, ${what}: ${run.stdout}${run.stderr}`)
    await check({ ...scene, seat, folders, run })
    tookMs.set(what, run.ms)
  }
  return tookMs
}

/** What was tried, for people. */
export const told = (tookMs: ReadonlyMap<string, number>): string => [...tookMs].map(([what, ms]) => `${what} ${Math.round(ms)} ms`).join(', ')

/** Into which file each client writes what it installed. */
export const LOCK_FILES: Readonly<Record<ClientName, string>> = {
  npm: 'package-lock.json', pnpm: 'pnpm-lock.yaml', yarn1: 'yarn.lock', yarn4: 'yarn.lock', bun: 'bun.lock',
}

/** How each client installs what its lock file says, and nothing else. */
export const FROZEN = CELLS[1]?.commands as Readonly<Record<ClientName, readonly string[]>>

/** Installs through one registry and then, on another machine, what its lock file says through another one. */
export const carryLock = async (
  scene: Omit<Scene, 'registry' | 'target'>, from: string, to: string,
): Promise<readonly [first: ClientRun, second: ClientRun]> => {
  const { client, token, work, project } = scene
  const [here, there] = [join(work, 'here'), join(work, 'there')]
  for (const folder of [here, there]) await writeTree(folder, { 'package.json': JSON.stringify(project.manifest) })
  const first = await runClient(await takeSeat({ client, home: join(work, 'home-here'), registry: from, token }), ['install'], { cwd: here })
  assert.equal(first.code, 0, `${client} through ${from}: ${first.stdout}${first.stderr}`)
  await cp(join(here, LOCK_FILES[client]), join(there, LOCK_FILES[client]))
  return [first, await runClient(await takeSeat({ client, home: join(work, 'home-there'), registry: to, token }), FROZEN[client], { cwd: there })]
}
