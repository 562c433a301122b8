import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { readArchive } from '#archive'
import { GgenError } from '#core'
import { inTurns, rounds, temporaryFolder } from '#testing'
import { archive, END, file, folder, gnuName, header, MANIFEST, pax } from '../../vectors/archives/raw-tar.ts'
import { type Dice, diceOf } from './archive-corpus.ts'

const ARCHIVES = rounds(600, 10_000)
const BLOCK = 512

/** What a reader sees in an archive: names in order, and the hash of all contents one after the other. */
interface Reading {
  readonly names: readonly string[]
  readonly contents: string
}

const readHere = async (bytes: Uint8Array): Promise<Reading | undefined> => {
  const names: string[] = []
  const hash = createHash('sha256')
  try {
    for await (const { path, kind, content } of readArchive((async function* () { yield bytes })())) {
      names.push(kind === 'folder' ? `${path}/` : path)
      for await (const part of content) hash.update(part)
    }
  } catch (error) {
    assert.ok(error instanceof GgenError && error.code !== 'internal', String(error))
    return undefined
  }
  return { names, contents: hash.digest('hex') }
}

const run = promisify(execFile)
const TAR = { encoding: 'buffer', env: { ...process.env, LC_ALL: 'C.UTF-8' }, maxBuffer: 64 * 1024 * 1024 } as const

/** The same by the system's tar, without the root folder. */
const readElsewhere = async (path: string): Promise<Reading> => {
  const [listed, contents] = await Promise.all([
    run('tar', ['--quoting-style=literal', '--show-stored-names', '-tzf', path], TAR), run('tar', ['-xzOf', path], TAR),
  ])
  const lines = listed.stdout.toString('utf8').split('\n').slice(0, -1)
  const names = lines.map((line) => line.slice(line.indexOf('/') + 1)).filter((name) => name !== '')
  return { names, contents: createHash('sha256').update(contents.stdout).digest('hex') }
}

/** Things that two readers may read in two ways. */
const AMBIGUITIES: readonly ((dice: Dice) => readonly Uint8Array[])[] = [
  (dice) => [pax({ size: String(dice.below(2000)) }), file('package/smuggled', dice.bytes(700))],
  () => [pax({ path: 'package/one' }), pax({ path: 'package/two' }), file('package/three')],
  () => [pax([['path', 'package/one'], ['path', 'package/two']]), file('package/three')],
  () => [pax({ path: 'package/one' }), gnuName('package/two\0'), file('package/three')],
  () => [gnuName('package/one\0'), pax({ path: 'package/two' }), file('package/three')],
  () => [pax({ path: 'package/all' }, 'g'), file('package/one'), file('package/two')],
  () => [pax({ 'GNU.sparse.name': 'package/other', 'GNU.sparse.size': '5' }), file('package/sparse')],
  () => [pax({ hdrcharset: 'BINARY', path: 'package/\u00ff' }), file('package/x')],
  () => [file('package/package.json', '{"name":"evil","version":"9.9.9"}')],
  () => [file('package/x', 'x', { prefix: 'package/deep' })],
  () => [file('package/x', 'x', { prefix: 'ignored', magic: 'ustar  \0' })],
  () => [header({ name: 'package/dir', type: '5', sizeBytes: 1024 }), file('package/inside-or-not'), new Uint8Array(BLOCK)],
  () => [END, file('package/behind-the-end')],
  () => [new Uint8Array(BLOCK), file('package/behind-one-block')],
  () => [file('package/long', 'abc', { rawSize: Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3]) })],
  () => [file('package/spaces', 'abc', { rawSize: '      3\0     ' })],
  () => [file('package/base256', 'abc', { rawSize: Buffer.alloc(12, 0xff) })],
  () => [gnuName(`package/${'n'.repeat(150)}\0`), file('package/short')],
  () => [pax({ path: `package/${'é'.repeat(100)}` }), file('package/short')],
  () => [pax({ path: 'package/plain', mtime: '1.5', uid: '0' }), file('package/x')],
]

const fixChecksum = (block: Buffer): void => {
  block.fill(' ', 148, 156)
  block.write(`${block.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
}

/** Changes a byte of some header and makes its checksum right again, so that only readers of meaning can notice. */
const damage = (dice: Dice, tar: Buffer): void => {
  const at = BLOCK * dice.below(tar.length / BLOCK)
  const block = tar.subarray(at, at + BLOCK)
  const field = dice.pick([[0, 100], [100, 8], [124, 12], [156, 1], [157, 100], [257, 8], [345, 155]] as const)
  block[field[0] + dice.below(field[1])] = dice.pick([0, 0x20, 0x2f, 0x2e, 0x30, 0x31, 0x35, 0x37, 0x4c, 0x5c, 0x78, 0x80, 0xff, dice.below(256)])
  fixChecksum(block)
}

const ambiguous = (dice: Dice): Uint8Array => {
  const decent = Array.from({ length: 1 + dice.below(4) }, (_, index) => dice.pick([
    () => file(`package/f${index}`, dice.bytes(dice.below(1200))), () => folder(`package/d${index}/`),
    () => file(`package/d/e${index}`, dice.bytes(dice.below(40))),
  ])())
  if (dice.below(2) === 0) return archive(MANIFEST, ...decent, ...dice.pick(AMBIGUITIES)(dice))
  const tar = gunzipSync(archive(MANIFEST, ...decent, ...(dice.below(3) === 0 ? dice.pick(AMBIGUITIES)(dice) : [])))
  for (let left = 1 + dice.below(2); left > 0; left -= 1) damage(dice, tar)
  const packed = gzipSync(tar)
  return dice.below(20) === 0 ? Buffer.concat([packed, dice.pick([archive(file('package/second')), Buffer.alloc(20), Buffer.from('x')])]) : packed
}

const hasGnuTar = async (): Promise<boolean> => {
  const [found] = await Promise.allSettled([run('tar', ['--version'])])
  return found.status === 'fulfilled' && found.value.stdout.includes('GNU tar')
}

test(`${ARCHIVES} archives that could be read in two ways are read as GNU tar reads them, or refused`, async (t) => {
  if (!(await hasGnuTar())) return t.skip('there is no GNU tar here')
  await using work = await temporaryFolder()
  const dice = diceOf('differential')
  const archives = Array.from({ length: ARCHIVES }, () => ambiguous(dice))
  const accepted = await inTurns([...archives.entries()], 4, async ([index, bytes]) => {
    const here = await readHere(bytes)
    if (here === undefined) return 0
    const path = join(work.path, `${index}.tgz`)
    await writeFile(path, bytes)
    assert.deepEqual(await readElsewhere(path), here, `archive ${index}`)
    return 1
  })
  const count = accepted.reduce((sum: number, one) => sum + one, 0)
  assert.ok(count > ARCHIVES / 20 && count < ARCHIVES, `${count} were accepted`)
  t.diagnostic(`${ARCHIVES} ambiguous archives: ${ARCHIVES - count} refused, ${count} accepted and read exactly as GNU tar does`)
})
