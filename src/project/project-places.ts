import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GgenError, type PackageName } from '#core'
import { look } from './durable-files.ts'
import { coded } from './file-fault.ts'

const LOCK_BYTES = 16n * 1024n * 1024n

/** Where the parts of a project are, as absolute paths. */
export interface ProjectPlaces {
  /** Has `ggen.lock`. */
  readonly folder: string
  /** `ggen_packages`. */
  readonly packages: string
  /** Private, on the same disk as the packages: what is on its way in or out. */
  readonly workshop: string
}

/** The places of a project in this absolute folder. */
export const placesOf = (folder: string): ProjectPlaces => {
  const packages = join(folder, 'ggen_packages')
  return { folder, packages, workshop: join(packages, '.ggen') }
}

/** Where a package belongs. */
export const packagePath = ({ packages }: ProjectPlaces, name: PackageName): string => join(packages, ...name.split('/'))

/** Where the lock of a project belongs. */
export const lockPath = ({ folder }: ProjectPlaces): string => join(folder, 'ggen.lock')

/** The text of `ggen.lock`; `undefined` where there is none. Throws `lock-invalid`, `denied` or `store-broken`. */
export const readLockText = async (places: ProjectPlaces): Promise<string | undefined> => {
  const path = lockPath(places)
  const there = await look(path)
  if (there === undefined) return undefined
  if (there.size > LOCK_BYTES) throw new GgenError('lock-invalid', `${path} is too large`, { details: { path } })
  return await coded(path, async () => await readFile(path, 'utf8'))
}
