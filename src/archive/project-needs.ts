import type { Dependency } from '#core'
import { MANIFEST_FILES, type ManifestFile } from './manifest.ts'
import { readDependencies } from './manifest-dependencies.ts'
import { chooseManifest, decodeManifest } from './parse-manifest.ts'
import { DEPENDENCY_TABLES, parseTomlDocument, subsection } from './toml-manifest.ts'

/**
 * The files in which a project may say what it asks for. What a `package.json` names belongs to npm: a project that has one for other reasons does not
 * ask for any of that here.
 */
export const PROJECT_FILES: readonly ManifestFile[] = MANIFEST_FILES.filter((file) => file !== 'package.json')

/** What a project asks for, and the file that says so. */
export interface ProjectNeeds {
  readonly file: ManifestFile
  /** Sorted by name. Peers, too: nobody else brings them here. Without those that are never brought for this. */
  readonly needs: readonly Dependency[]
}

/**
 * What a project asks for, out of the `PROJECT_FILES` at its root; `undefined` where there are none, or but a `ggen.toml` that says nothing of it. That one
 * counts also where it has no `[package]`. Throws `manifest-invalid`, `name-invalid`, `version-invalid`.
 */
export const readProjectNeeds = (found: ReadonlyMap<ManifestFile, Uint8Array>): ProjectNeeds | undefined => {
  const bytes = found.get('ggen.toml')
  const loose = bytes === undefined ? undefined : looseNeeds(bytes)
  if (loose !== undefined) return needsOf('ggen.toml', loose)
  const others = new Map([...found].filter(([file]) => file !== 'package.json' && (file !== 'ggen.toml' || isPackage(bytes))))
  if (others.size === 0) return undefined
  const { format, dependencies } = chooseManifest(others)
  return needsOf(format, dependencies)
}

const documentOf = (bytes: Uint8Array): ReturnType<typeof parseTomlDocument> => parseTomlDocument('ggen.toml', decodeManifest('ggen.toml', bytes))

const isPackage = (bytes: Uint8Array | undefined): boolean => bytes !== undefined && subsection(documentOf(bytes), 'package') !== undefined

/** Of a `ggen.toml` that describes no package. */
const looseNeeds = (bytes: Uint8Array): readonly Dependency[] | undefined => {
  const section = documentOf(bytes)
  if (isPackage(bytes) || !Object.values(DEPENDENCY_TABLES).some((key) => Object.hasOwn(section.table, key))) return undefined
  return readDependencies((table) => ({ section, key: DEPENDENCY_TABLES[table] }))
}

const needsOf = (file: ManifestFile, needs: readonly Dependency[]): ProjectNeeds => ({ file, needs: needs.filter(({ kind }) => kind !== 'optional-peer') })
