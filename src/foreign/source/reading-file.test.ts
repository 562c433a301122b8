import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it } from 'node:test'
import { isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { readingFile } from './reading-file.ts'

it('reads a file to its end, and says in a code what is wrong with it', async () => {
  await using folder = await temporaryFolder()
  const path = join(folder.path, 'a')
  await writeFile(path, Buffer.alloc(600_000, 7))
  assert.equal(Buffer.concat(await Array.fromAsync(readingFile(path))).length, 600_000)
  await assert.rejects(Array.fromAsync(readingFile(join(folder.path, 'none'))), (error) => isGgenError(error, 'path-not-found'))
  await assert.rejects(Array.fromAsync(readingFile(path, AbortSignal.abort(new Error('gone')))), /gone/)
})
