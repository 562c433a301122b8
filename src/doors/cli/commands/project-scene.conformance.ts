import assert from 'node:assert/strict'
import {
  type Digest, digestOf, GgenError, type IdentityId, type OpId, parsePackageName, parsePackageSpec, type Sha512, type Version,
} from '#core'
import type { Environment } from '#config'
import type { ControlClient, FetchQuestion, FetchReply, PlanQuestion, PlanReply } from '#doors/control'
import { byName, type FileDifference, isInRange, type Lock, type LockedPackage } from '#flow/install'
import { type Context, createContext, type Run } from './context.ts'
import { Deadline } from './deadline.ts'
import type { Outcome } from './outcome.ts'
import type { Project, ProjectState } from './project.ts'
import type { World } from './world.ts'

export const IDENTITY = `bafyrei${'a'.repeat(52)}` as IdentityId

/** The bytes that a canned node gives for `name@version`. */
export const archiveOf = (name: string, version: string): Buffer => Buffer.from(`archive of ${name}@${version}`)

/** A package of a lock; `needs` are `name@range`. */
export const locked = (
  name: string, version: string, more: { readonly wanted?: string; readonly needs?: readonly string[] } = {},
): LockedPackage & { readonly identity: IdentityId } => {
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
  /** What the world can do besides. */
  readonly world?: Partial<World>
}

/** Runs a command in a project; resolves to its outcome, and to everything that it said and showed on the way. */
export const runIn = async (
  project: Project, run: Run, { client = {}, ask, world: more = {} }: Trial = {},
): Promise<{ outcome: Outcome; said: string[]; shown: Outcome[] }> => {
  const said: string[] = []
  const shown: Outcome[] = []
  using deadline = new Deadline(new AbortController().signal, 60)
  const world = { openProject: async (folder: string) => (assert.equal(folder, '/project'), project), ...more } as unknown as World
  const talk = { print: () => assert.fail('printed'), show: (one: Outcome) => void shown.push(one), say: (line: string) => void said.push(line) }
  const context = createContext(world, environment, { deadline, ...talk, watchFetch: (_name, fetch) => fetch(), ask })
  const outcome = await run({ ...context, client: client as ControlClient })
  assert(outcome !== undefined)
  return { outcome, said, shown }
}

/** A release that a canned node can offer; `needs` are `name@range`. */
export interface Offered {
  readonly name: string
  readonly version: string
  readonly needs?: readonly string[]
}

/** A node that offers releases, the newest of each name last, and plans greedily: enough for projects without conflicts. */
export class SceneNode {
  readonly offers: Offered[]
  /** Everything that was asked of it, in order. */
  readonly planned: PlanQuestion[] = []
  readonly fetched: FetchQuestion[] = []
  /** Names whose publisher somebody has to accept first. */
  readonly unverified = new Set<string>()
  readonly accepted: string[] = []
  /** `name@version` that are nowhere. */
  readonly absent = new Set<string>()

  constructor(offers: readonly Offered[]) {
    this.offers = [...offers]
  }

  get client(): Partial<ControlClient> {
    return {
      plan: async (question) => this.#plan(question),
      fetch: async (question) => this.#fetch(question),
      readBlob: (digest) => this.#read(digest),
      trustWhy: async (name) => ({ name }) as never,
      trustAdd: async (name) => (this.accepted.push(name), this.unverified.delete(name), {}) as never,
      info: async (spec) => {
        const newest = this.offers.findLast(({ name }) => spec === `@${IDENTITY}/${name}`)
        if (newest === undefined) throw new GgenError('package-not-found', `no ${spec}`)
        return { version: newest.version } as never
      },
    }
  }

  #plan(question: PlanQuestion): PlanReply {
    this.planned.push(question)
    const chosen = new Map<string, PlanReply['packages'][number]>()
    const open = question.wanted.map(({ spec, trust }) => ({ ...parsePackageSpec(spec), trust }))
    for (let want = open.shift(); want !== undefined; want = open.shift()) {
      if (chosen.has(want.name)) continue
      const { name, range = '*', trust } = want
      if (this.unverified.has(name) && trust === undefined) throw new GgenError('name-unverified', 'who?', { details: { name, identity: IDENTITY } })
      const release = this.#choose(name, range, question)
      const { dependencies, ...rest } = locked(name, release.version, release)
      chosen.set(name, {
        ...rest, identity: IDENTITY, isLocked: false, wantedBy: [{ range, kind: 'needed' }],
        dependencies: dependencies.map((need) => ({ ...need, kind: 'needed', version: this.#choose(need.name, need.range, question).version as Version })),
      })
      open.push(...dependencies.map((need) => ({ ...need, trust: undefined })))
    }
    return { packages: [...chosen.values()].toSorted(byName), left: [] }
  }

  #choose(name: string, range: string, { locked: has, update = [] }: PlanQuestion): Offered {
    const fitting = this.offers.filter((one) => one.name === name && isInRange(one.version, range))
    const kept = fitting.find(({ version }) => has.some((one) => one.name === name && one.version === version))
    const isFree = update === 'all' || update.some((one) => one === name)
    const release = isFree ? fitting.at(-1) : kept ?? fitting.at(-1)
    if (release === undefined) throw new GgenError('version-not-found', `${name} has no version ${range}`)
    return release
  }

  #fetch(question: FetchQuestion): FetchReply {
    this.fetched.push(question)
    if (this.absent.has(question.spec)) throw new GgenError('no-holder', `nobody has ${question.spec}`)
    const { name, range = '' } = parsePackageSpec(question.spec)
    const { dependencies: _, ...release } = locked(name, range)
    const proof = { release: IDENTITY as string as OpId, identity: IDENTITY, sha512: release.sha512 }
    return { ...release, identity: IDENTITY, sources: [], resumedBytes: 0, wastedBytes: 0, durationMs: 1, proof }
  }

  async *#read(digest: Digest): AsyncGenerator<Uint8Array> {
    const found = this.offers.map(({ name, version }) => archiveOf(name, version)).find((bytes) => digestOf(bytes) === digest)
    if (found === undefined) throw new GgenError('blob-not-found', digest)
    yield await Promise.resolve(found)
  }
}
