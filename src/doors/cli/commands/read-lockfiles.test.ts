import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isGgenError } from '#core'
import { environmentOf } from './identity-scene.conformance.ts'
import type { Context } from './context.ts'
import { allLocked, readLockfiles } from './read-lockfiles.ts'

const HEAD = '# yarn lockfile v1\n\n'
const entry = (name: string): string => `${name}@^1:\n  version "1.0.0"\n  resolved "https://r.example/${name}.tgz"\n`

test('lock files are read from where they lie, and what several need is one', async () => {
  const asked: string[] = []
  const readFile = async (path: string): Promise<Uint8Array> => {
    asked.push(path)
    return path.includes('wrong') ? Uint8Array.of(0xff) : Buffer.from(HEAD + entry('a') + (path.startsWith('/other') ? entry('b') : ''))
  }
  const context = { world: { readFile }, environment: environmentOf() } as unknown as Context
  const files = await readLockfiles(context, ['yarn.lock', '/other/yarn.lock'])
  assert.deepEqual([asked, files.map(({ format }) => format)], [['/project/yarn.lock', '/other/yarn.lock'], ['yarn-classic', 'yarn-classic']])
  assert.deepEqual(allLocked(files).map(({ name }) => name), ['a', 'b'])
  await assert.rejects(readLockfiles(context, ['wrong/yarn.lock']), (error) => isGgenError(error, 'lock-invalid'))
})
