import { dirname } from 'node:path'
import type { PackageName } from '#core'
import { look } from './durable-files.ts'
import { packagePath, type ProjectPlaces } from './project-places.ts'

/** What lies where a package belongs: a folder that no link leads to, nothing, or something else. Throws `denied` or `store-broken`. */
export const packageFolder = async (places: ProjectPlaces, name: PackageName): Promise<'folder' | 'missing' | 'kind'> => {
  const path = packagePath(places, name)
  for (const folder of new Set([places.packages, dirname(path), path])) {
    const there = await look(folder)
    if (there === undefined) return 'missing'
    if (!there.isDirectory()) return 'kind'
  }
  return 'folder'
}
