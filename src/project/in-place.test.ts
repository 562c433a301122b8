import assert from 'node:assert/strict'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { digestFromBytes, type PackageName } from '#core'
import { temporaryFolder } from '#testing'
import { look } from './durable-files.ts'
import { forgetInPlace, readInPlace, rememberInPlace } from './in-place.ts'
import { packagePath, placesOf } from './project-places.ts'

const A = 'a' as PackageName
const DIGEST = digestFromBytes(new Uint8Array(32))

describe('what is in place', () => {
  it('is what was put there, as long as the same folder lies there', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(folder.path)
    const path = packagePath(places, A)
    await mkdir(places.workshop, { recursive: true })
    await mkdir(path)
    const inode = (await look(path))?.ino.toString() ?? ''
    await rememberInPlace(places, new Map([[A, { digest: DIGEST, inode }]]))
    assert.deepEqual(await readInPlace(places), new Map([[A, DIGEST]]))
    const aside = join(folder.path, 'aside')
    await rename(path, aside)
    assert.deepEqual(await readInPlace(places), new Map())
    await mkdir(path)
    assert.deepEqual(await readInPlace(places), new Map(), 'another folder does not pass for it')
    await rm(path, { recursive: true })
    await rename(aside, path)
    assert.deepEqual([...(await forgetInPlace(places)).keys()], [A])
    assert.deepEqual(await readInPlace(places), new Map())
  })

  it('is nothing where the memory cannot be read', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(folder.path)
    await mkdir(places.workshop, { recursive: true })
    for (const text of ['', '{', 'null', '1', '[]', '{"../x":{}}', '{"a":null}', '{"a":{"digest":"x","inode":"1"}}', '{"a":{"digest":1,"inode":"1"}}']) {
      await writeFile(join(places.workshop, 'in-place.json'), text)
      assert.deepEqual(await readInPlace(places), new Map(), text)
    }
  })
})
