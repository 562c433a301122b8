import assert from 'node:assert/strict'
import { readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { isGgenError } from '#core'
import { checkPack, type CheckedPack, contentHash, parseUpstreamLock } from '#foreign'
import { noRealPackages, realFile, temporaryFolder, writeTree } from '#testing'
import { packCopies } from './pack-copies.ts'

const never = new AbortController().signal

describe('packs on the disk', () => {
  const hash = contentHash([{ path: 'b/c.ttl', bytes: Buffer.from('c') }, { path: 'a', bytes: Buffer.from('a') }], 'full')

  it('lie where the lock says, seen from its folder, or by their name elsewhere', async () => {
    await using folder = await temporaryFolder()
    for (const place of ['project/packs/one', 'shelf/one']) await writeTree(join(folder.path, place), { a: 'a', 'b/c.ttl': 'c' })
    const check = (path: string, packs?: string): Promise<CheckedPack> => {
      const copies = packCopies({ folder: join(folder.path, 'project'), ...(packs !== undefined && { packs }) })
      return checkPack({ name: 'alias', source: `path:${path}`, path, hash }, copies, never)
    }
    assert.deepEqual([(await check('packs/one')).path, (await check('../project/packs/one')).state], [join(folder.path, 'project', 'packs', 'one'), 'whole'])
    assert.equal((await check('/nowhere/one', join(folder.path, 'shelf'))).path, join(folder.path, 'shelf', 'one'))
    assert.equal((await check('packs/none')).state, 'unknown')
  })

  it('hold nothing that leads elsewhere, and a shelf that is named is there', async () => {
    await using folder = await temporaryFolder()
    await writeTree(join(folder.path, 'one'), { a: 'a' })
    await symlink('/etc/hostname', join(folder.path, 'one', 'link'))
    const { state, why } = await checkPack({ name: 'one', source: 'path:one', path: 'one', hash }, packCopies({ folder: folder.path }), never)
    assert.deepEqual([state, /link/.test(why ?? '')], ['unknown', true])
    const elsewhere = packCopies({ folder: folder.path, packs: join(folder.path, 'none') })
    await assert.rejects(elsewhere.find({ name: 'one', source: '' }), (error) => isGgenError(error, 'path-not-found'))
  })

  it('of the real locks are right wherever the data has their bytes as they were, by both rules', { skip: noRealPackages }, async () => {
    const files = (await readdir(realFile('locks'))).filter((name) => name.endsWith('ggen.lock'))
    const copies = packCopies({ folder: realFile('locks'), packs: realFile('catalog-v2/archives') })
    const checked: CheckedPack[] = []
    for (const file of files) {
      for (const pack of parseUpstreamLock(await readFile(join(realFile('locks'), file), 'utf8'))) checked.push(await checkPack(pack, copies, never))
    }
    const of = (rule: string): string[] => checked.filter((one) => one.rule === rule).map(({ name }) => name).sort()
    assert.deepEqual(of('full'), [
      'chicago-tdd-tools-pack', 'chicago-tdd-tools-pack', 'clap-noun-verb-pack', 'claude-code-pack', 'praxis-core-pack',
      'wasm4pm-algorithms-pack', 'wasm4pm-cognition-pack',
    ])
    assert.deepEqual(of('older'), ['crown-conjecture-pack', 'level-five-book-pack', 'lsp-max-pack', 'wasm4pm-interview-site-pack', 'wasm4pm-pack'])
    // The archives are of another state of these packs than the lock; the bytes of all others are not in the data.
    assert.deepEqual(checked.filter(({ state }) => state === 'changed').map(({ name }) => name).sort(), ['tcps-cli-pack', 'tcps-std-pack', 'tcps-wasm-pack'])
    assert.equal(checked.filter(({ state }) => state === 'unknown').length, 28 - 7 - 5 - 3)
  })
})
