import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { packArchive, type PackFile } from '#archive'
import { Fingerprinter, type IdentityId, type PackageName, type Version } from '#core'
import type { VerifiedArchive } from '#flow/install'

/** The bytes in one piece, once. */
export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes)
}

/** An archive that is signed as it is. */
export const verified = (name: string, version: string, bytes: Uint8Array): VerifiedArchive => {
  const fingerprinter = new Fingerprinter()
  fingerprinter.update(bytes)
  const identity = `bafyrei${'a'.repeat(52)}` as IdentityId
  return { release: { name: name as PackageName, version: version as Version, identity, ...fingerprinter.finish() }, chunks: once(bytes) }
}

/** A package with these files besides its manifest. */
export const packageOf = async (name: string, version: string, more: Readonly<Record<string, string>> = {}): Promise<VerifiedArchive> => {
  const files = Object.entries({ 'package.json': JSON.stringify({ name, version }), ...more })
  const packFile = ([path, text]: readonly [string, string]): PackFile => ({
    path,
    executable: path.startsWith('bin/'),
    sizeBytes: Buffer.byteLength(text),
    content: () => once(Buffer.from(text)),
  })
  return verified(name, version, Buffer.concat(await Array.fromAsync(packArchive(files.map(packFile)))))
}

/** What is in the workshop when nobody is at work, besides the lock of the project and the memory of what is in place: nothing. */
export const workshopOf = async (folder: string): Promise<string[]> =>
  (await readdir(join(folder, 'ggen_packages/.ggen'))).filter((name) => !name.startsWith('lock.') && name !== 'in-place.json')

/** Every installed file with its rights and contents. */
export const diskFiles = async (folder: string): Promise<Record<string, string>> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile() && !entry.parentPath.includes('.ggen')).map((entry) => join(entry.parentPath, entry.name))
  const lines = files.map(async (file) => {
    const { mode } = await stat(file)
    return [file.slice(folder.length + 1), `${await readFile(file, 'utf8')}${(mode & 0o111) === 0 ? '' : '*'}`]
  })
  return Object.fromEntries(await Promise.all(lines)) as Record<string, string>
}
