import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { memoryFolder } from './memory-folder.ts'

const { signal } = new AbortController()
const tree = memoryFolder({
  a: 'text',
  'b/c': { content: 'run', executable: true },
  'b/d/e': Buffer.from('é'),
  l: { kind: 'symlink' },
  'b/f': { kind: 'other' },
})

describe('memoryFolder', () => {
  it('lists what lies in a folder, links and all', async () => {
    assert.deepEqual((await tree.list('', signal)).map(({ name, kind }) => `${name} ${kind}`), ['a file', 'b folder', 'l symlink'])
    assert.deepEqual(await tree.list('b', signal), [
      { name: 'c', kind: 'file', sizeBytes: 3, executable: true },
      { name: 'd', kind: 'folder', sizeBytes: 0, executable: false },
      { name: 'f', kind: 'other', sizeBytes: 0, executable: false },
    ])
  })

  it('opens files and nothing else', async () => {
    assert.equal(Buffer.concat(await Array.fromAsync(tree.open('b/d/e', signal))).toString(), 'é')
    await assert.rejects(Array.fromAsync(tree.open('nothing', signal)), (error) => isGgenError(error, 'path-not-found'))
    await assert.rejects(Array.fromAsync(tree.open('l', signal)), (error) => isGgenError(error, 'archive-unsafe'))
    await assert.rejects(tree.list('nothing', signal), (error) => isGgenError(error, 'path-not-found'))
  })
})
