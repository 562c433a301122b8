import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ManifestFile, PROJECT_FILES, type ProjectNeeds, readProjectNeeds } from '#archive'
import { GgenError, LIMITS } from '#core'
import { look } from './durable-files.ts'
import { coded } from './file-fault.ts'

/** What the manifest at the root of an absolute folder asks for, where there is one. Throws what `readProjectNeeds` throws, `denied` and `store-broken`. */
export const readManifestNeeds = async (folder: string): Promise<ProjectNeeds | undefined> => {
  const found = new Map<ManifestFile, Uint8Array>()
  for (const file of PROJECT_FILES) {
    const path = join(folder, file)
    const there = await look(path)
    if (there === undefined) continue
    if (there.size > LIMITS.manifestBytes) {
      throw new GgenError('manifest-invalid', `${path} is larger than ${LIMITS.manifestBytes} bytes`, { details: { path } })
    }
    found.set(file, await coded(path, async () => await readFile(path)))
  }
  return readProjectNeeds(found)
}
