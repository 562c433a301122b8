import { lstat, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { Fingerprinter, type IdentityId, isGgenError, parsePackageName, parseVersion } from '#core'
import { installPackage, type InstallTarget, type StagedFolder, type VerifiedArchive } from '#flow/install'

/** Levels above the project: what climbs out of it by fewer stays where it is looked for. */
const LEVELS = 40

/**
 * A project on disk that does whatever it is told: makes any folder and any file, through links and over what is there. What stays inside of it
 * stays there for what installing refuses, and for nothing else.
 */
const naiveProject = (folder: string): InstallTarget => {
  let lock: string | undefined
  return {
    readLock: async () => lock,
    inPlace: async () => new Map(),
    enter: async () => ({
      isOccupied: async () => false,
      stage: async () => await stageIn(join(folder, 'staged')),
      apply: async ({ placed, lock: text }) => {
        for (const [name, { staged }] of placed) {
          await rm(join(folder, name), { recursive: true, force: true })
          await rename((staged as NaiveFolder).path, join(folder, name))
        }
        lock = text
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  }
}

type NaiveFolder = StagedFolder & { readonly path: string }

const stageIn = async (path: string): Promise<NaiveFolder> => {
  await mkdir(path, { recursive: true })
  return {
    path,
    makeFolder: async (below) => void (await mkdir(join(path, below), { recursive: true })),
    writeFile: async (below, _executable, content) => {
      await mkdir(dirname(join(path, below)), { recursive: true })
      await writeFile(join(path, below), content)
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

/** What became of an archive: the code of its refusal, or that it was installed. */
export type Outcome = 'installed' | 'archive-unsafe' | 'archive-broken' | 'archive-too-large' | 'integrity'

export interface Sandbox extends AsyncDisposable {
  /** Installs the package `a` from these bytes, signed as they are. Throws whatever is no refusal of an archive. */
  install(bytes: Uint8Array): Promise<Outcome>
  /** Everything that lies outside of the project. */
  outside(): Promise<readonly string[]>
  /** Path and kind of everything that is installed. */
  installed(): Promise<readonly string[]>
}

const OUTCOMES: ReadonlySet<string> = new Set(['archive-unsafe', 'archive-broken', 'archive-too-large', 'integrity'] satisfies Outcome[])

/** A naive project, deep down in a folder of its own. */
export const openSandbox = async (): Promise<Sandbox> => {
  const root = await mkdtemp(join(tmpdir(), 'ggen-sandbox-'))
  const project = join(root, ...Array.from({ length: LEVELS }, (_, level) => `l${level}`), 'project')
  await mkdir(project, { recursive: true })
  const target = naiveProject(project)
  return {
    install: async (bytes) => {
      try {
        await installPackage(signedAsIs(bytes), target, new AbortController().signal)
        return 'installed'
      } catch (error) {
        if (isGgenError(error) && OUTCOMES.has(error.code)) return error.code as Outcome
        throw error
      }
    },
    outside: async () => {
      const all = await readdir(root, { recursive: true, withFileTypes: true })
      const paths = all.map((entry) => join(entry.parentPath, entry.name))
      return paths.filter((path) => path !== project && !path.startsWith(`${project}/`) && !project.startsWith(`${path}/`)).map((path) => relative(root, path))
    },
    installed: async () => {
      const names = await readdir(join(project, 'a'), { recursive: true })
      const kinds = names.map(async (name) => {
        const stats = await lstat(join(project, 'a', name))
        return `${name}${stats.isFile() ? '' : stats.isDirectory() ? '/' : ' is neither a file nor a folder'}`
      })
      return (await Promise.all(kinds)).sort()
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

async function* inChunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += 4096) yield bytes.subarray(start, start + 4096)
}

const signedAsIs = (bytes: Uint8Array): VerifiedArchive => {
  const fingerprinter = new Fingerprinter()
  fingerprinter.update(bytes)
  const identity = `bafyrei${'a'.repeat(52)}` as IdentityId
  return { release: { name: parsePackageName('a'), version: parseVersion('1.0.0'), identity, ...fingerprinter.finish() }, chunks: inChunks(bytes) }
}
