import assert from 'node:assert/strict'
import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { temporaryFolder } from '#testing'
import { assertOwnSocket } from './assert-own-socket.ts'

describe('assertOwnSocket', () => {
  it('lets pass what is ours, and a path where nothing is', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 's')
    assertOwnSocket(path)
    writeFileSync(path, '')
    assertOwnSocket(path)
  })

  it('refuses a socket of somebody else', { skip: process.getuid?.() !== 0 && 'only root can give a file away' }, async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 's')
    writeFileSync(path, '')
    chownSync(path, 12_345, 12_345)
    assert.throws(() => assertOwnSocket(path), (error) => isGgenError(error, 'denied') && error.message.includes(path))
  })
})
