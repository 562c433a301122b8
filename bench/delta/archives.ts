import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { extract } from 'tar-stream'
import { type PackFile, packArchive } from '#archive'

const run = promisify(execFile)

/** One archive as it lies in a registry. */
export const download = async (folder: string, name: string, version: string): Promise<Buffer> => {
  const { stdout } = await run('npm', ['pack', `${name}@${version}`, '--pack-destination', folder, '--json'], { maxBuffer: 64 << 20, cwd: folder })
  const packed = JSON.parse(stdout) as { filename: string }[] | Record<string, { filename: string }>
  const [first] = Object.values(packed)
  if (first === undefined) throw new Error(`npm pack ${name}@${version} named no file`)
  return readFile(join(folder, first.filename))
}

/** The same files as `ggen publish` packs them. */
export const repack = async (tar: Buffer): Promise<Buffer> => {
  const entries = extract()
  entries.end(tar)
  const files: PackFile[] = []
  for await (const entry of entries) {
    const content = await buffer(entry)
    const path = entry.header.name.split('/').slice(1).join('/')
    if (entry.header.type === 'file') files.push({ path, sizeBytes: content.length, executable: false, content: () => Readable.from([content]) })
  }
  return Buffer.concat(await Array.fromAsync(packArchive(files)))
}
