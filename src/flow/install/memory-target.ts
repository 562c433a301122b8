import { type Digest, GgenError, type PackageName } from '#core'
import type { InstallTarget, StagedFolder } from './install-target.ts'

/** One installed file. */
export interface MemoryFile {
  readonly executable: boolean
  readonly content: Uint8Array
}

/** The twin of a project on disk, with a look at what is there. */
export interface MemoryTarget extends InstallTarget {
  /** Every file below `ggen_packages/` by its path there; changes when something is installed. */
  readonly files: Map<string, MemoryFile>
  lock: string | undefined
}

/** An empty project in memory; one session at a time, others are told `too-busy`. */
export const memoryTarget = (): MemoryTarget => {
  const files = new Map<string, MemoryFile>()
  const placedDigests = new Map<PackageName, Digest>()
  let taken = false
  const below = (name: PackageName): string[] => [...files.keys()].filter((path) => path.startsWith(`${name}/`))
  const remove = (name: PackageName): void => {
    placedDigests.delete(name)
    for (const path of below(name)) files.delete(path)
  }
  const target: MemoryTarget = {
    files,
    lock: undefined,
    readLock: () => Promise.resolve(target.lock),
    inPlace: () => Promise.resolve(new Map([...placedDigests].filter(([name]) => below(name).length > 0))),
    enter: (signal) => {
      signal.throwIfAborted()
      if (taken) return Promise.reject(new GgenError('too-busy', 'another install is at work in this project'))
      taken = true
      return Promise.resolve({
        isOccupied: (name) => Promise.resolve(below(name).length > 0),
        stage: () => Promise.resolve(new MemoryStagedFolder()),
        apply: ({ placed, removed, lock }) => {
          const fresh = [...placed].map(([name, { staged, digest }]) => ({ name, digest, content: (staged as MemoryStagedFolder).take() }))
          for (const name of removed) remove(name)
          for (const { name, digest, content } of fresh) {
            remove(name)
            placedDigests.set(name, digest)
            for (const [path, file] of content) files.set(`${name}/${path}`, file)
          }
          target.lock = lock
          return Promise.resolve()
        },
        [Symbol.asyncDispose]: () => {
          taken = false
          return Promise.resolve()
        },
      })
    },
  }
  return target
}

class MemoryStagedFolder implements StagedFolder {
  #files = new Map<string, MemoryFile>()

  makeFolder(): Promise<void> {
    return Promise.resolve()
  }

  async writeFile(path: string, executable: boolean, content: AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = []
    for await (const part of content) parts.push(part)
    if (this.#files.has(path)) throw new GgenError('store-broken', `${path} is there already`)
    this.#files.set(path, { executable, content: Buffer.concat(parts) })
  }

  take(): ReadonlyMap<string, MemoryFile> {
    const files = this.#files
    this.#files = new Map()
    return files
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#files.clear()
    return Promise.resolve()
  }
}
