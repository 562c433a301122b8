import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { temporaryFolder, writeTree } from '#testing'
import { archiveName, describeBytes, makeProject, runClient, type StubPackage, StubUpstream, takeSeat } from '../../test/npm/support/mod.ts'
import { isMadeUp } from './quick.ts'

/** A lock file of npm, as far as it is read here. */
interface Lock {
  readonly packages: Readonly<Record<string, LockEntry>>
}

interface LockEntry {
  readonly name?: string
  readonly version?: string
  readonly integrity?: string
  readonly [field: string]: unknown
}

/** What is installed: a project with its lock file, and the packages that a registry has of it. */
export interface Project {
  /** For the names of rows. */
  readonly about: string
  readonly packages: readonly StubPackage[]
  /** Writes `package.json` and a lock file that names archives of a registry; its address ends in `/`. */
  readonly writeTo: (folder: string, registry: string) => Promise<void>
}

const REAL = join(import.meta.dirname, 'project')
const MADE_PACKAGES = 120
/** Where npm keeps the real packages once it has brought them; `GGEN_BENCH_CACHE` names another folder. */
const CACHE = process.env['GGEN_BENCH_CACHE'] ?? join(homedir(), '.cache', 'ggen-bench')

/** A made-up one of a size that ten machines install within a minute. */
export const openSmallProject = (): Promise<Project> => made(MADE_PACKAGES)

/** A real web application; where its packages cannot be had, or nothing is to be recorded, one that is made up. */
export const openProject = async (): Promise<Project> => {
  if (isMadeUp) return await openSmallProject()
  const lock = JSON.parse(await readFile(join(REAL, 'package-lock.json'), 'utf8')) as Lock
  const [brought] = await Promise.allSettled([bring(lock)])
  if (brought.status === 'fulfilled') return await real(lock)
  console.log(`the packages of the real project cannot be had, so one is made up: ${String(brought.reason).split('\n', 1)[0]}`)
  return await made(archivesIn(lock).length)
}

/** What comes from a registry: not the project itself, and nothing that lies in the archive of another package. */
const archivesIn = ({ packages }: Lock): readonly (readonly [path: string, entry: LockEntry])[] =>
  Object.entries(packages).filter(([, { integrity }]) => integrity !== undefined)

const nameOf = (path: string, { name }: LockEntry): string => name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Where npm keeps an archive in its cache. */
const placeOf = ({ integrity = '' }: LockEntry): string => {
  const hex = Buffer.from(/sha512-(\S+)/.exec(integrity)?.[1] ?? '', 'base64').toString('hex')
  return join(CACHE, '_cacache', 'content-v2', 'sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4))
}

/** Lets npm bring all that this machine needs of it, once. */
const bring = async (lock: Lock): Promise<void> => {
  const isNeeded = ([, entry]: readonly [string, LockEntry]): boolean => entry['optional'] !== true
  const isWhole = (): boolean => archivesIn(lock).filter(isNeeded).every(([, entry]) => existsSync(placeOf(entry)))
  const mark = join(CACHE, 'whole')
  if (existsSync(mark) && isWhole()) return
  console.log(`bringing the packages of the project into ${CACHE}, once`)
  await using work = await temporaryFolder()
  await cp(REAL, work.path, { recursive: true })
  await mkdir(CACHE, { recursive: true })
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--cache', CACHE], { cwd: work.path })
  if (!isWhole()) throw new Error('npm has not kept all packages of the project')
  await writeFile(mark, '')
}

const real = async (lock: Lock): Promise<Project> => {
  const byName = new Map<string, Map<string, LockEntry>>()
  for (const [path, entry] of archivesIn(lock)) {
    if (!existsSync(placeOf(entry))) continue
    const versions = byName.get(nameOf(path, entry)) ?? new Map<string, LockEntry>()
    byName.set(nameOf(path, entry), versions.set(entry.version ?? '', entry))
  }
  const entries = [...byName.values()].flatMap((versions) => [...versions.values()])
  const sizes = await Promise.all(entries.map(async (entry) => (await stat(placeOf(entry))).size))
  const manifest = await readFile(join(REAL, 'package.json'), 'utf8')
  return {
    about: aboutOf('a web application', sizes),
    packages: [...byName].map(([name, versions]) => packageOf(name, versions)),
    writeTo: (folder, registry) => write(folder, { manifest, lock }, registry),
  }
}

const aboutOf = (what: string, sizes: readonly number[]): string =>
  `${what} of ${sizes.length} packages, ${Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6)} MB`

/** Long ago: nobody waits until it is old enough. */
const PUBLISHED_MS = Date.parse('2020-01-01T00:00:00.000Z')

/** What a lock file says of a package as its registry does. */
const SAID = ['license', 'bin', 'engines', 'os', 'cpu', 'libc', 'dependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta']

const packageOf = (name: string, entries: ReadonlyMap<string, LockEntry>): StubPackage => {
  const versions = [...entries].map(([version, entry]) => {
    let described: Promise<ReturnType<typeof describeBytes>> | undefined
    const said = SAID.flatMap((field) => (field in entry ? [[field, entry[field]]] : []))
    const file = placeOf(entry)
    return [version, {
      manifest: { ...Object.fromEntries(said), name, version }, publishedMs: PUBLISHED_MS,
      archive: () => (described ??= readFile(file).then((bytes) => describeBytes(bytes))),
    }] as const
  })
  return {
    name, versions: new Map(versions), tags: new Map([['latest', versions.at(-1)?.[0] ?? '']]), createdMs: PUBLISHED_MS, modifiedMs: PUBLISHED_MS, revision: 1,
    maintainers: [{ name: 'alice', email: 'alice@example.org' }],
  }
}

/** A project of packages that are made up, always the same for the same number; npm itself makes its lock file. */
const made = async (count: number): Promise<Project> => {
  const { packages, manifest } = makeProject(count)
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages })
  const folder = await writeTree(join(work.path, 'project'), { 'package.json': JSON.stringify(manifest) })
  const seat = await takeSeat({ client: 'npm', home: join(work.path, 'home'), registry: upstream.url })
  const { code, stderr } = await runClient(seat, ['install', '--package-lock-only'], { cwd: folder })
  if (code !== 0) throw new Error(`npm makes no lock file: ${stderr}`)
  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')) as Lock
  const archives = await Promise.all(packages.flatMap(({ versions }) => [...versions.values()].slice(-1).map((version) => version.archive())))
  return {
    about: aboutOf('a made-up project', archives.map(({ bytes }) => bytes.length)),
    packages,
    writeTo: (to, registry) => write(to, { manifest: JSON.stringify(manifest), lock }, registry),
  }
}

/** As npm writes a lock file where it installs from a registry itself. */
const write = async (folder: string, { manifest, lock }: { readonly manifest: string; readonly lock: Lock }, registry: string): Promise<void> => {
  const packages = Object.fromEntries(Object.entries(lock.packages).map(([path, entry]) => {
    if (entry.integrity === undefined) return [path, entry]
    const name = nameOf(path, entry)
    return [path, { ...entry, resolved: `${registry}${name}/-/${archiveName(name, entry.version ?? '')}` }]
  }))
  await writeTree(folder, { 'package.json': manifest, 'package-lock.json': JSON.stringify({ ...lock, packages }) })
}
