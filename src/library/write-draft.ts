import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checkPath, isManifestFile } from '#archive'
import { GgenError } from '#core'
import type { PackageDraft } from './types.ts'

/** A JSON text is a TOML text as well. */
const text = (value: string): string => JSON.stringify(value)

/** `ggen.toml` of a draft; whether its values are right is seen when it is read. */
export const manifestOf = ({ name, version, description, category, tags, author, license }: PackageDraft): string => {
  const fields = { name, version, description, category, author, license }
  const lines = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`${key} = ${text(value)}\n`]))
  const tagLine = tags === undefined ? '' : `tags = [${tags.map(text).join(', ')}]\n`
  return `[package]\n${lines.join('')}${tagLine}`
}

/** Writes a draft into an empty folder. Throws `archive-unsafe` for paths that no package may have, and `usage` for a second manifest. */
export const writeDraft = async (draft: PackageDraft, folder: string): Promise<void> => {
  const files = Object.entries(draft.files ?? {})
  for (const [path] of files) {
    checkPath(path)
    if (isManifestFile(path)) {
      throw new GgenError('usage', `${path} would be a second manifest`, { hint: 'say name and version in the draft only, or publish a folder' })
    }
  }
  await writeFile(join(folder, 'ggen.toml'), manifestOf(draft))
  for (const [path, content] of files) {
    const full = join(folder, path)
    await mkdir(dirname(full), { recursive: true })
    await writeFile(full, content)
  }
}
