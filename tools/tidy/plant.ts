import type { Finding, Manifest, Tree } from './tree.ts'

/** What a planted tree has besides its files. */
export interface Surroundings {
  readonly layers?: Tree['layers']
  readonly manifest?: Partial<Manifest>
}

const door = (folder: string): Manifest['imports'][string] => ({ 'ggen-source': `./src/${folder}/mod.ts` })

/** The front doors of these folders as package.json spells them. */
export const plantDoors = (...folders: readonly string[]): Manifest['imports'] => Object.fromEntries(folders.map((folder) => [`#${folder}`, door(folder)]))

/** A tree made of the given files, for proving that a check sees what it must see. */
export const plantTree = (files: Readonly<Record<string, string>>, { layers = [], manifest = {} }: Surroundings = {}): Tree => ({
  sources: Object.entries(files).map(([path, text]) => ({ path, text })),
  layers,
  manifest: { version: '1.2.3', imports: {}, dependencies: {}, ...manifest },
})

/** Findings as short lines, for comparison. */
export const inShort = (findings: readonly Finding[]): readonly string[] => findings.map(({ path, line, problem }) => `${path}:${line} ${problem}`)

/** Where the findings are, without what they say. */
export const places = (findings: readonly Finding[]): readonly string[] => findings.map(({ path, line }) => `${path}:${line}`)
