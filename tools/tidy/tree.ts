import type { Layer } from '../../layers.ts'

/** One committed text file; the path is relative to the repository, with forward slashes. */
export interface Source {
  readonly path: string
  readonly text: string
}

/** What the checks look at: every text file, the layer table, and package.json. */
export interface Tree {
  readonly sources: readonly Source[]
  readonly layers: readonly Layer[]
  readonly manifest: Manifest
}

/** Where one front door leads, by condition. */
export interface DoorTarget {
  readonly 'ggen-source'?: string
}

/** The parts of package.json that checks compare with. */
export interface Manifest {
  readonly version: string
  readonly imports: Readonly<Record<string, DoorTarget>>
  readonly dependencies: Readonly<Record<string, string>>
}

/** One place where the text breaks a rule of the house. */
export interface Finding {
  readonly path: string
  /** Counted from 1. */
  readonly line: number
  readonly problem: string
}

/** A check is a pure function of the tree. */
export type Check = (tree: Tree) => readonly Finding[]

/** Whether a file is TypeScript or JavaScript. */
export const isCode = ({ path }: Source): boolean => /\.(?:ts|mjs|js)$/.test(path)

/** Whether a file only serves tests: a test beside its source, or a conformance suite of a port (conformance.ts, blob-store.conformance.ts). */
export const isTest = ({ path }: Pick<Source, 'path'>): boolean => path.endsWith('.test.ts') || /[/.]conformance\.ts$/.test(path)

/** Whether a file is part of the program: code below src/ that is not a test. */
export const isProgram = (source: Source): boolean => source.path.startsWith('src/') && isCode(source) && !isTest(source)

/** The folder of a path, without a slash at the end; '' for the top. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** The line, counted from 1, of an offset in a text. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

/** A global pattern that must not match, and what to say of each match. */
export interface Ban {
  readonly pattern: RegExp
  readonly problem: (match: RegExpMatchArray) => string
}

/** One finding for each match in a text that belongs to a file. */
export const findingsOf = (path: string, text: string, { pattern, problem }: Ban): readonly Finding[] =>
  [...text.matchAll(pattern)].map((found) => ({ path, line: lineAt(text, found.index), problem: problem(found) }))
