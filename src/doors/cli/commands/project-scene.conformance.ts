import assert from 'node:assert/strict'
import { digestOf, type IdentityId, parsePackageName, type Sha512, type Version } from '#core'
import type { Environment } from '#config'
import type { ControlClient } from '#doors/control'
import { byName, type FileDifference, type Lock, type LockedPackage } from '#flow/install'
import { type Context, createContext, type Run } from './context.ts'
import { Deadline } from './deadline.ts'
import type { Outcome } from './outcome.ts'
import type { Project, ProjectState } from './project.ts'
import type { World } from './world.ts'

export const IDENTITY = `bafyrei${'a'.repeat(52)}` as IdentityId

/** The bytes that a canned node gives for `name@version`. */
export const archiveOf = (name: string, version: string): Buffer => Buffer.from(`archive of ${name}@${version}`)

/** A package of a lock; `needs` are `name@range`. */
export const locked = (name: string, version: string, more: { readonly wanted?: string; readonly needs?: readonly string[] } = {}): LockedPackage => {
  const bytes = archiveOf(name, version)
  const dependencies = (more.needs ?? []).map((text) => {
    const at = text.indexOf('@', 1)
    return { name: parsePackageName(text.slice(0, at)), range: text.slice(at + 1) }
  })
  return {
    name: parsePackageName(name), version: version as Version, identity: IDENTITY, digest: digestOf(bytes), sha512: '0'.repeat(128) as Sha512,
    sizeBytes: bytes.length, ...(more.wanted !== undefined && { wanted: more.wanted }), dependencies,
  }
}

/** A project in memory: what is unpacked is noted, nothing is verified. */
export class SceneProject implements Project {
  lock: Lock
  manifest: ProjectState['manifest']
  /** Whether there is a lock at all. */
  isLocked = true
  /** What was unpacked, in that order. */
  readonly unpacked: string[] = []
  readonly differences: Record<string, readonly FileDifference[]> = {}
  #inPlace: Map<LockedPackage['name'], LockedPackage['digest']>

  constructor(lock: Lock, manifest?: ProjectState['manifest']) {
    this.lock = lock
    this.manifest = manifest
    this.#inPlace = new Map(lock.map(({ name, digest }) => [name, digest]))
  }

  /** As if it had just been cloned. */
  lose(...names: readonly string[]): void {
    for (const name of names) this.#inPlace.delete(parsePackageName(name))
  }

  async read(): Promise<ProjectState> {
    const { lock, manifest, isLocked } = this
    return { lock, isLocked, inPlace: new Map(this.#inPlace), pathOf: (name) => `/project/ggen_packages/${name}`, ...(manifest !== undefined && { manifest }) }
  }

  async change({ archives, lockAfter }: Parameters<Project['change']>[0]): Promise<Lock> {
    const after = lockAfter(this.lock).toSorted(byName)
    for (const { release, chunks } of archives) {
      const bytes = Buffer.concat(await Array.fromAsync(chunks))
      assert.equal(digestOf(bytes), release.digest)
      this.unpacked.push(`${release.name}@${release.version}`)
    }
    this.#inPlace = new Map(after.map(({ name, digest }) => [name, digest]))
    this.lock = after
    this.isLocked = true
    return after
  }

  async compare({ release, chunks }: Parameters<Project['compare']>[0]): Promise<readonly FileDifference[]> {
    for await (const chunk of chunks) assert(chunk.length > 0)
    return this.differences[release.name] ?? []
  }

  /** `name version` of everything, in order. */
  get names(): readonly string[] {
    return this.lock.map(({ name, version }) => `${name} ${version}`)
  }
}

const environment: Environment = {
  env: { GGEN_HOME: '/home/ada/.ggen' }, dotGgen: false, readConfigFile: async () => undefined,
  platform: { os: 'linux', userFolder: '/home/ada', tempFolder: '/tmp', workingFolder: '/project', userId: 1 },
}

export interface Trial {
  readonly client?: Partial<ControlClient>
  readonly ask?: Context['ask']
}

/** Runs a command in a project; resolves to its outcome, and to everything that it said and showed on the way. */
export const runIn = async (project: Project, run: Run, { client = {}, ask }: Trial = {}): Promise<{ outcome: Outcome; said: string[]; shown: Outcome[] }> => {
  const said: string[] = []
  const shown: Outcome[] = []
  using deadline = new Deadline(new AbortController().signal, 60)
  const world = { openProject: async (folder: string) => (assert.equal(folder, '/project'), project) } as unknown as World
  const talk = { print: () => assert.fail('printed'), show: (one: Outcome) => void shown.push(one), say: (line: string) => void said.push(line) }
  const context = createContext(world, environment, { deadline, ...talk, watchFetch: (_name, fetch) => fetch(), ask })
  const outcome = await run({ ...context, client: client as ControlClient })
  assert(outcome !== undefined)
  return { outcome, said, shown }
}
