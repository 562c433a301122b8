import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ignore from 'ignore'
import type { Layer } from '../../layers.ts'
import type { Manifest, Source, Tree } from './tree.ts'

const ALWAYS_SKIPPED = ['.git', 'node_modules', 'dist']

const readIfThere = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

const isText = (bytes: Buffer): boolean => !bytes.subarray(0, 8_192).includes(0)

const readSources = (root: string): readonly Source[] => {
  const skipped = ignore().add(ALWAYS_SKIPPED).add(readIfThere(join(root, '.gitignore')))
  const walk = (folder: string): readonly Source[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (skipped.ignores(entry.isDirectory() ? `${path}/` : path)) return []
      if (entry.isDirectory()) return walk(path)
      if (!entry.isFile()) return []
      const bytes = readFileSync(join(root, path))
      return isText(bytes) ? [{ path, text: bytes.toString('utf8') }] : []
    })
  return walk('')
}

/** Reads every text file of a repository that .gitignore does not name, its layer table and its package.json. */
export const readTree = async (root: string): Promise<Tree> => {
  const { LAYERS } = (await import(pathToFileURL(join(root, 'layers.ts')).href)) as { LAYERS: readonly Layer[] }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  return { sources: readSources(root), layers: LAYERS, manifest }
}
