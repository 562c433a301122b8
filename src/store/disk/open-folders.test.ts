import assert from 'node:assert/strict'
import { test } from 'node:test'
import { temporaryFolder } from '#testing'
import { type FileCall, gatedFileSystem } from './faulty-file-system.conformance.ts'
import { OpenFolders } from './open-folders.ts'

const isWindows = process.platform === 'win32' && 'folders cannot be flushed there'

test('a folder is opened once, flushed each time, and closed in the end', { skip: isWindows }, async () => {
  await using folder = await temporaryFolder()
  const calls: string[] = []
  const folders = new OpenFolders(gatedFileSystem(({ name }: FileCall) => void calls.push(name)))
  await Promise.all([folders.flush(folder.path), folders.flush(folder.path)])
  await folders.flush(folder.path)
  await folders[Symbol.asyncDispose]()
  assert.deepEqual(calls, ['open', 'sync', 'sync', 'sync', 'close'])
})

test('what fails is said, and tried anew with the folder opened again', { skip: isWindows }, async () => {
  await using folder = await temporaryFolder()
  const calls: string[] = []
  const failing = new Set(['open'])
  const folders = new OpenFolders(gatedFileSystem(({ name }: FileCall) => {
    calls.push(name)
    if (failing.delete(name)) throw new Error(`${name} failed`)
  }))
  await assert.rejects(folders.flush(folder.path), /open failed/)
  failing.add('sync')
  await assert.rejects(folders.flush(folder.path), /sync failed/)
  await folders.flush(folder.path)
  await folders[Symbol.asyncDispose]()
  assert.deepEqual(calls, ['open', 'open', 'sync', 'close', 'open', 'sync', 'close'])
})
