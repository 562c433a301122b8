import assert from 'node:assert/strict'
import { join } from 'node:path'
import { it } from 'node:test'
import { isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { openForeignSource } from './open-source.ts'

it('opens folders and addresses of the web, and asks nobody yet', async () => {
  await using folder = await temporaryFolder()
  const places = { workingFolder: folder.path, memory: join(folder.path, 'memory') }
  assert.equal(openForeignSource('https://x.example/m', places).home, 'https://x.example/m/')
  assert.equal(openForeignSource('mirror', places).home, openForeignSource(`file://${folder.path}/mirror/`, places).home)
  assert.throws(() => openForeignSource('ftp://x.example', places), (error) => isGgenError(error, 'usage'))
})
