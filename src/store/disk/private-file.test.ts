import assert from 'node:assert/strict'
import { mkdir, mkdtempDisposable, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type ErrorCode, GgenError, isGgenError } from '#core'
import { createPrivateFile, readPrivateFile, readStreamed, streamPrivateFile } from './private-file.ts'

const temporary = (): ReturnType<typeof mkdtempDisposable> => mkdtempDisposable(join(tmpdir(), 'ggen-file-'))
const fails = (work: Promise<unknown>, code: ErrorCode): Promise<void> => assert.rejects(work, (error) => isGgenError(error, code))

test('a file is the user\'s alone, and never takes the place of another', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'backup')
  await createPrivateFile(path, Buffer.from('first'))
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  await fails(createPrivateFile(path, Buffer.from('second')), 'conflict')
  assert.equal(await readFile(path, 'utf8'), 'first')
  await fails(createPrivateFile(join(folder.path, 'none', 'x'), Buffer.from('x')), 'path-not-found')
  assert.deepEqual(await readdir(folder.path), ['backup'])
})

test('a file is read up to its bound, and nothing else is', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'file')
  await writeFile(path, '12345')
  assert.equal(Buffer.from(await readPrivateFile(path, 5)).toString(), '12345')
  await fails(readPrivateFile(path, 4), 'usage')
  await mkdir(join(folder.path, 'folder'))
  await fails(readPrivateFile(join(folder.path, 'folder'), 5), 'usage')
  await fails(readPrivateFile(join(folder.path, 'none'), 5), 'path-not-found')
})

test('a file is written and read as its bytes come, and no part of one stays that breaks off', async () => {
  await using folder = await temporary()
  const path = join(folder.path, 'file')
  const pieces = Array.from({ length: 3 }, (_, place) => Buffer.alloc(200_000, place + 1))
  await streamPrivateFile(path, (async function* () {
    yield* pieces
  })())
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  const going = new AbortController().signal
  assert.deepEqual(Buffer.concat(await Array.fromAsync(readStreamed(path, going))), Buffer.concat(pieces))
  const breaking = streamPrivateFile(join(folder.path, 'half'), (async function* () {
    yield Buffer.from('half')
    throw new GgenError('no-holder', 'the rest is nowhere')
  })())
  await fails(breaking, 'no-holder')
  assert.deepEqual(await readdir(folder.path), ['file'])
  await fails(Array.fromAsync(readStreamed(folder.path, going)), 'usage')
  await fails(Array.fromAsync(readStreamed(join(folder.path, 'none'), going)), 'path-not-found')
  await fails(Array.fromAsync(readStreamed(path, AbortSignal.abort(new GgenError('cancelled', 'enough')))), 'cancelled')
})
