import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ggen, type RunningNode, startNode, temporaryFolder, until } from '#testing'
import { runClient, StubUpstream, takeSeat } from '../../test/npm/support/mod.ts'
import type { Project } from './project.ts'

const LATENCY_MS = 50
/** 100 Mbit/s. */
const BYTES_PER_SECOND = 12_500_000
const PATIENCE_MS = 60_000
/** Ten at a time share two cores. */
const DEADLINE_MS = 600_000

/** A node as a machine of a team has it. */
export interface TeamNode extends AsyncDisposable {
  readonly node: RunningNode
  /** Of its door; ends in `/`. */
  readonly registry: string
}

/** Starts a node whose npm is configured with one registry; disposing takes its home folder away. */
export const startTeamNode = async (home: string, upstream: string, team: readonly TeamNode[] = []): Promise<TeamNode> => {
  await mkdir(home, { recursive: true, mode: 0o700 })
  const bootstrap = team.flatMap(({ node }) => node.addresses)
  const env = { npm_config_userconfig: join(home, 'no-npmrc'), npm_config_globalconfig: join(home, 'no-npmrc'), npm_config_registry: upstream }
  const node = await startNode({ home, bootstrap, env })
  const isThere = (peer: string): boolean => node.events.some((event) => event['type'] === 'peer-connected' && event['peer'] === peer)
  await until('the team is there', () => team.every((other) => isThere(other.node.peerId)), PATIENCE_MS)
  const { url } = (await ggen(home, 'npm', '--json')).json<{ readonly url: string }>()
  return {
    node, registry: url,
    [Symbol.asyncDispose]: async () => {
      await node[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** A registry far away, a project that is installed from it, and whatever stands between. */
export class Place implements AsyncDisposable {
  readonly project: Project
  readonly upstream: StubUpstream
  readonly path: string
  readonly #owned: AsyncDisposableStack
  #count = 0

  private constructor(owned: AsyncDisposableStack, { project, upstream, path }: Pick<Place, 'project' | 'upstream' | 'path'>) {
    this.#owned = owned
    this.project = project
    this.upstream = upstream
    this.path = path
  }

  static async open(project: Project): Promise<Place> {
    await using owned = new AsyncDisposableStack()
    const { path } = owned.use(await temporaryFolder())
    const { packages } = project
    const upstream = owned.use(await StubUpstream.start({ packages, latencyMs: LATENCY_MS, bytesPerSecond: BYTES_PER_SECOND }))
    await upstream.warmUp()
    return new Place(owned.move(), { project, upstream, path })
  }

  /** A folder of its own for whoever comes next. */
  folder(what: string): string {
    return join(this.path, `${what}-${(this.#count += 1)}`)
  }

  startNode(team: readonly TeamNode[] = []): Promise<TeamNode> {
    return startTeamNode(this.folder('home'), this.upstream.url, team)
  }

  /** Milliseconds of `npm ci` on a machine that has installed nothing before; what it wrote is gone afterwards. Throws what npm says where it fails. */
  async install(registry: string): Promise<number> {
    const home = this.folder('seat')
    try {
      return await this.installAt(home, registry)
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  }

  /** As `install`, where the cache of npm is what is in a home folder; it stays. */
  async installAt(home: string, registry: string): Promise<number> {
    const folder = this.folder('project')
    try {
      await mkdir(folder)
      await this.project.writeTo(folder, this.upstream.url)
      const env = { npm_config_replace_registry_host: 'always', npm_config_ignore_scripts: 'true' }
      const seat = await takeSeat({ client: 'npm', home, registry, env })
      const { code, stdout, stderr, ms } = await runClient(seat, ['ci'], { cwd: folder, deadlineMs: DEADLINE_MS })
      if (code !== 0 || !existsSync(join(folder, 'node_modules', '.package-lock.json'))) throw new Error(`npm ci ended with ${code}: ${stdout}${stderr}`)
      return ms
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** How many archives the registry was asked for while something was done. */
  async asked<T>(work: () => Promise<T>): Promise<readonly [result: T, archives: number, bytes: number]> {
    this.upstream.forgetRequests()
    const result = await work()
    return [result, this.upstream.asked(/\.tgz$/).length, this.upstream.sentBytes]
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync()
  }
}
