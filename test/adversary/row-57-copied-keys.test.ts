import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFile, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type HeldKey, sealedHeader } from '#keystore'
import { keyPairFromSeed, recoverySeed } from '#trust'
import { type Finished, ggen, keystoreOf, type Machine, temporaryFolder } from '#testing'

const PASSPHRASE = 'correct horse battery'
/** What one guess of the passphrase costs at least: 2 to the power of this, times 8 KiB of memory. */
const LEAST_WORK = 18

interface Thief {
  readonly machine: Machine
  readonly made: Finished
  readonly keys: readonly HeldKey[]
  readonly seeds: readonly Uint8Array[]
  /** Path of a backup of them. */
  readonly backup: string
}

let all: Awaited<ReturnType<typeof temporaryFolder>>
let thief: Thief

before(async () => {
  all = await temporaryFolder()
  thief = await copiedKeys(join(all.path, 'home'))
})

after(() => all[Symbol.asyncDispose]())

/** The keys of a machine whose passphrase is known to its owner alone, and what they really are. */
const copiedKeys = async (home: string): Promise<Thief> => {
  const machine = { home, env: { GGEN_PASSPHRASE: PASSPHRASE } }
  const made = await ggen(machine, 'id', 'create')
  assert.equal(made.code, 0, made.stderr)
  const keystore = await keystoreOf(home)
  const { keys } = (await keystore.read()).file
  const seeds: Uint8Array[] = []
  for (const { publicKey } of keys) seeds.push((await keystore.open(publicKey, PASSPHRASE)).seed)
  const backup = join(all.path, 'backup.age')
  assert.equal((await ggen(machine, 'id', 'backup', backup)).code, 0)
  return { machine, made, keys, seeds, backup }
}

const wordsOf = ({ stderr }: Finished): string => stderr.split('\n').filter((line) => line.startsWith('    ')).join(' ').trim()

test('copied keys give a thief nothing but guesses, each of which is dear', async (context) => {
  await using work = await temporaryFolder()
  const { machine, made, keys, seeds } = thief
  const words = wordsOf(made)
  const copied = await readdir(machine.home, { recursive: true })
  for (const name of copied.map((one) => join(machine.home, one))) {
    if ((await stat(name)).isDirectory()) continue
    const bytes = await readFile(name)
    for (const secret of [...seeds, recoverySeed(words)]) {
      for (const spelling of ['hex', 'base64', 'base64url'] as const) assert.ok(!bytes.includes(Buffer.from(secret).toString(spelling).slice(0, 24)), name)
      assert.ok(!bytes.includes(Buffer.from(secret)) && !bytes.includes(words.split(' ').slice(0, 4).join(' ')), name)
    }
    assert.ok(!bytes.includes(PASSPHRASE), name)
  }
  assert.deepEqual(keys.map(({ role }) => role), ['root', 'release'])
  for (const { secret } of keys) {
    const header = sealedHeader(secret)
    assert.ok(header?.kind === 'scrypt' && header.workFactor >= LEAST_WORK, JSON.stringify(header))
  }
  const guess = { ...machine, env: { GGEN_PASSPHRASE: 'correct horse batterz' } }
  for (const command of [['protect', '--no-passphrase'], ['backup', join(work.path, 'b')], ['export', join(work.path, 'e'), '--no-passphrase']]) {
    const wrong = await ggen(guess, 'id', ...command, '--json')
    assert.deepEqual([wrong.code, wrong.json<{ error: { code: string } }>().error.code], [8, 'passphrase-wrong'])
  }
  assert.deepEqual(await readdir(work.path), [], 'a wrong guess writes nothing')
  const silent = await ggen(machine.home, 'id', 'backup', join(work.path, 'b'))
  assert.deepEqual([silent.code, /passphrase-needed/.test(silent.stderr)], [8, true])
  context.diagnostic(`${copied.length} files and folders copied: 0 secrets in them; a guess costs at least 2^${LEAST_WORK}`)
})

test('a backup is worth no more to a thief than the keys are', async () => {
  await using work = await temporaryFolder()
  const { machine, seeds, backup } = thief
  const bytes = await readFile(backup)
  const header = sealedHeader(bytes)
  assert.ok(header?.kind === 'scrypt' && header.workFactor >= LEAST_WORK)
  for (const seed of seeds) assert.ok(!bytes.includes(Buffer.from(seed).toString('base64').slice(0, 24)))
  const { code, stdout } = await ggen({ home: join(work.path, 'thief'), env: { GGEN_PASSPHRASE: 'a wrong guess' } }, 'id', 'import', backup, '--json')
  assert.deepEqual([code, /passphrase-wrong/.test(stdout)], [8, true])
  const back = await ggen({ ...machine, home: join(work.path, 'new') }, 'id', 'import', backup, '--json')
  assert.equal(back.code, 0, back.stdout)
})

const hasAge = spawnSync('age', ['--version']).status === 0
const hasScript = spawnSync('script', ['--version']).status === 0
const options = { skip: !(hasAge && hasScript) && 'the command age, or script, is not installed' }

test('the keys and a backup are opened by the age command itself', options, async () => {
  await using work = await temporaryFolder()
  const { keys, seeds } = thief
  const backup = join(work.path, 'backup.age')
  await copyFile(thief.backup, backup)
  const [key] = keys
  const sealed = join(work.path, 'root.age')
  await writeFile(sealed, key?.secret ?? '')
  /** age takes a passphrase from a terminal alone; it is typed when it asks. */
  const openWithAge = async (file: string): Promise<Buffer> => {
    const out = `${file}.open`
    const ended = spawnSync('script', ['-qec', `age -d -o '${out}' '${file}'`, '/dev/null'], { input: `${PASSPHRASE}\n`, timeout: 60_000 })
    assert.equal(ended.status, 0, String(ended.stdout))
    return await readFile(out)
  }
  const seed = await openWithAge(sealed)
  assert.deepEqual(Uint8Array.from(seed), seeds[0])
  assert.equal(keyPairFromSeed(seed).publicKey, key?.publicKey)
  const packed = JSON.parse((await openWithAge(backup)).toString()) as { keys: { publicKey: string; seed: string }[] }
  assert.deepEqual(packed.keys.map(({ seed: spelled }) => spelled), seeds.map((one) => Buffer.from(one).toString('base64')))
})
