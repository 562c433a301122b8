import assert from 'node:assert/strict'
import { appendFile, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError, parseVersion } from '#core'
import { temporaryFolder } from '#testing'
import { describeMirrorStore, LINE } from '../mirror-store.conformance.ts'
import { mirrorId, openMirror } from './open-mirror.ts'

const readIfThere = async (path: string): Promise<Uint8Array | undefined> => ((await readdir(join(path, '..'))).length === 0 ? undefined : await readFile(path))

describeMirrorStore('a mirror on the disk', async () => {
  const folder = await temporaryFolder()
  return { open: () => openMirror(join(folder.path, 'm')), read: readIfThere, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
})

describe('what is remembered on the disk', () => {
  it('goes on behind a line that a killed import tore', async () => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'ledger.jsonl')
    await (await openMirror(folder.path)).note(LINE)
    const whole = await readFile(path, 'utf8')
    await appendFile(path, whole.slice(0, 20))
    const again = await openMirror(folder.path)
    assert.equal(again.ledger.isImported(LINE), true)
    await again.note({ ...LINE, version: parseVersion('2.0.0') })
    assert.equal((await readFile(path, 'utf8')).split('\n').length, 3)
    assert.equal((await openMirror(folder.path)).ledger.isImported({ ...LINE, version: parseVersion('2.0.0') }), true)
  })

  it('is refused when it is damaged: what was changed upstream would not be noticed', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'ledger.jsonl'), 'not a line\n')
    await assert.rejects(openMirror(folder.path), (error) => isGgenError(error, 'store-broken') && /line 1/.test(error.message))
  })

  it('lets drafts of killed imports go after a day, and no others', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'drafts'))
    for (const name of ['old', 'new']) await writeFile(join(folder.path, 'drafts', name), name)
    await utimes(join(folder.path, 'drafts', 'old'), 1, 1)
    await openMirror(folder.path)
    assert.deepEqual(await readdir(join(folder.path, 'drafts')), ['new'])
  })

  it('belongs to one source', () => {
    assert.match(mirrorId('https://x.example/'), /^[0-9a-f]{16}$/)
    assert.notEqual(mirrorId('https://x.example/'), mirrorId('https://y.example/'))
  })
})
