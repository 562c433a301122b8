import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { GgenError, isGgenError } from '#core'
import type { InstallSession, InstallTarget, StagedFolder } from '#flow/install'
import { lockHome } from '#store/disk'
import { flushFolder, look, writeNewFile } from './durable-files.ts'
import { coded } from './file-fault.ts'
import { applyChange, settle } from './apply-change.ts'
import { readInPlace } from './in-place.ts'
import { packagePath, placesOf, type ProjectPlaces, readLockText } from './project-places.ts'

/** How long to wait for another process that installs into the same project, and how often to look. */
const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 100

/** A project on disk, in this absolute folder; it is made when the first package is installed. */
export const diskInstall = (folder: string): InstallTarget => {
  const places = placesOf(folder)
  return {
    readLock: async () => await readLockText(places),
    inPlace: async () => await readInPlace(places),
    enter: async (signal) => {
      signal.throwIfAborted()
      await makeFolders(places)
      await using entered = new AsyncDisposableStack()
      entered.use(await take(places, signal))
      await settle(places)
      return session(places, entered.move())
    },
  }
}

/** `ggen_packages` and its workshop are real folders: nothing is unpacked where a link leads. */
async function makeFolders({ folder, packages, workshop }: ProjectPlaces): Promise<void> {
  await coded(folder, async () => await mkdir(folder, { recursive: true }))
  for (const [path, mode] of [[packages, 0o755], [workshop, 0o700]] as const) {
    if ((await look(path)) === undefined) await coded(path, async () => await mkdir(path, { recursive: true, mode }))
    if ((await look(path))?.isDirectory() !== true) throw new GgenError('install-blocked', `${path} is not a folder`, { details: { path } })
  }
  await flushFolder(packages)
}

async function take({ folder, workshop }: ProjectPlaces, signal: AbortSignal): Promise<AsyncDisposable> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await lockHome(workshop)
    } catch (error) {
      if (!isGgenError(error, 'daemon-already-running')) throw error
      if (performance.now() > until) throw new GgenError('too-busy', `another install is at work in ${folder}`, { cause: error })
      await wait(LOOK_EVERY_MS, undefined, { signal })
    }
  }
}

const session = (places: ProjectPlaces, entered: AsyncDisposableStack): InstallSession => {
  const stage = join(places.workshop, 'new')
  let count = 0
  return {
    isOccupied: async (name) => (await look(packagePath(places, name))) !== undefined,
    stage: async () => {
      await coded(stage, async () => await mkdir(stage, { recursive: true, mode: 0o700 }))
      return await DiskStagedFolder.make(join(stage, String(count++)))
    },
    apply: async ({ placed, removed, lock }) => {
      const folders = [...placed].map(async ([name, { staged, digest }]) => {
        const folder = staged as DiskStagedFolder
        await folder.flush()
        return [name, { path: folder.path, digest }] as const
      })
      await applyChange(places, { placed: new Map(await Promise.all(folders)), removed, lock })
    },
    [Symbol.asyncDispose]: async () => {
      await using _entered = entered
      await coded(stage, async () => await rm(stage, { recursive: true, force: true }))
    },
  }
}

/** Everything below it is new, so that no name can be a link. */
class DiskStagedFolder implements StagedFolder {
  readonly path: string
  readonly #folders = new Set<string>([''])

  private constructor(path: string) {
    this.path = path
  }

  static async make(path: string): Promise<DiskStagedFolder> {
    await coded(path, async () => await mkdir(path, 0o755))
    return new DiskStagedFolder(path)
  }

  async makeFolder(path: string): Promise<void> {
    if (this.#folders.has(path)) return
    await this.makeFolder(parentOf(path))
    const full = join(this.path, path)
    await coded(full, async () => await mkdir(full, 0o755))
    this.#folders.add(path)
  }

  async writeFile(path: string, executable: boolean, content: AsyncIterable<Uint8Array>): Promise<void> {
    await this.makeFolder(parentOf(path))
    await writeNewFile(join(this.path, path), executable ? 0o755 : 0o644, content)
  }

  async flush(): Promise<void> {
    for (const folder of this.#folders) await flushFolder(join(this.path, folder))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await coded(this.path, async () => await rm(this.path, { recursive: true, force: true }))
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
