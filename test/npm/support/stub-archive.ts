import { createHash } from 'node:crypto'
import { packArchive, type PackFile } from '#archive'

/** An archive as a registry keeps it. */
export interface StubArchive {
  readonly bytes: Uint8Array
  readonly integrity: string
  readonly shasum: string
  readonly unpackedBytes: number
  readonly fileCount: number
}

/** What a registry says of bytes that somebody uploaded. */
export const describeBytes = (bytes: Uint8Array, { unpackedBytes = bytes.length, fileCount = 1 } = {}): StubArchive => ({
  bytes, unpackedBytes, fileCount,
  integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
  shasum: createHash('sha1').update(bytes).digest('hex'),
})

/** Source code shrinks to about a quarter: every line comes four times. */
const REPEATS = 4
const FILE_BYTES = 6000
const FILES_MAX = 80
const LINE_BYTES = 57

const fileOf = (path: string, text: string): PackFile => ({
  path, executable: path.startsWith('bin/'), sizeBytes: Buffer.byteLength(text), content: async function* () { yield Buffer.from(text) },
})

const sourceText = (seed: string, sizeBytes: number): string => {
  const lineCount = Math.max(1, Math.ceil(sizeBytes / (REPEATS * (LINE_BYTES * (4 / 3) + 4))))
  const random = createHash('shake256', { outputLength: lineCount * LINE_BYTES }).update(seed).digest()
  const lines: string[] = []
  for (let index = 0; index < lineCount; index++) {
    const line = `// ${random.toString('base64', index * LINE_BYTES, (index + 1) * LINE_BYTES)}\n`
    for (let repeat = 0; repeat < REPEATS; repeat++) lines.push(line)
  }
  return lines.join('')
}

/** Packs a manifest with made-up source code, always the same, to an archive of about so many bytes. */
export const packManifest = async (
  manifest: { readonly name: string; readonly version: string; readonly bin?: string }, sizeBytes: number,
): Promise<StubArchive> => {
  const { name, version, bin } = manifest
  const unpackedBytes = sizeBytes * REPEATS
  const fileCount = Math.min(FILES_MAX, Math.max(1, Math.round(unpackedBytes / FILE_BYTES)))
  const said = JSON.stringify(`${name}@${version}`)
  const files = [fileOf('package.json', `${JSON.stringify(manifest, undefined, 2)}\n`), fileOf('index.js', `module.exports = ${said}\n`)]
  if (bin !== undefined) files.push(fileOf(bin, `#!/usr/bin/env node\nconsole.log(${said})\n`))
  for (let index = 0; index < fileCount; index++) {
    files.push(fileOf(`lib/part-${index}.js`, sourceText(`${name}@${version} ${index}`, unpackedBytes / fileCount)))
  }
  const bytes = Buffer.concat(await Array.fromAsync(packArchive(files)))
  return describeBytes(bytes, { unpackedBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0), fileCount: files.length })
}
