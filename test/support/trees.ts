import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/** Writes a folder of files. */
export const writeTree = async (folder: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> => {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

/** SHA-256 of every file below a folder, by path. */
export const hashTree = async (folder: string): Promise<Record<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)).sort()
  const hashOf = async (file: string): Promise<string> => createHash('sha256').update(await readFile(file)).digest('hex')
  const hashes = await Promise.all(files.map(async (file) => [relative(folder, file), await hashOf(file)] as const))
  return Object.fromEntries(hashes)
}
