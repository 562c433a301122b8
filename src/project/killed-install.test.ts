import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseLock } from '#flow/install'
import { rounds, temporaryFolder } from '#testing'
import { diskInstall } from './disk-install.ts'
import { diskFiles, packageOf, workshopOf } from './install-scene.conformance.ts'

const { signal } = new AbortController()

/** Changes between two sets of packages by turns, and says what it is about to do: unpack, apply, begin again. */
const LOOP = `
  import { changeProject } from '#flow/install'
  import { diskInstall } from ${JSON.stringify(new URL('./disk-install.ts', import.meta.url).href)}
  const sets = JSON.parse(process.argv[1])
  async function* once(bytes) { yield Buffer.from(bytes, 'base64') }
  const disk = diskInstall(process.argv[2])
  const enter = async (signal) => {
    const session = await disk.enter(signal)
    console.log('unpack')
    const apply = (...args) => { console.log('apply'); return session.apply(...args) }
    return { ...session, apply, [Symbol.asyncDispose]: session[Symbol.asyncDispose] }
  }
  for (let turn = 0; ; turn++) {
    const set = sets[turn % sets.length]
    const archives = set.map(({ release, bytes }) => ({ release, chunks: once(bytes) }))
    const lockAfter = () => set.map(({ release }) => ({ ...release, wanted: '*', dependencies: [] }))
    await changeProject({ archives, lockAfter }, { ...disk, enter }, new AbortController().signal)
    console.log('begin')
  }
`

const linesOf = async (child: ChildProcess, count: number): Promise<void> => {
  let seen = 0
  for await (const chunk of child.stdout ?? []) {
    seen += String(chunk).split('\n').length - 1
    if (seen >= count) return
  }
  assert.fail('the loop ended by itself')
}

/** Packages whose files all say which version they are. */
const setOf = async (names: readonly string[], version: string) => await Promise.all(names.map(async (name) => {
  const files = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`f${index}`, version.repeat(100)]))
  const { release, chunks } = await packageOf(name, version, files)
  return { release, bytes: Buffer.concat(await Array.fromAsync(chunks)).toString('base64') }
}))

const ROUNDS = rounds(6, 60)

describe('an installing process that is killed', () => {
  it('leaves packages and a lock that belong together, all before or all after, and the next one goes on', async () => {
    await using folder = await temporaryFolder()
    const sets = [await setOf(['a', '@x/b', 'c'], '1.0.0'), await setOf(['a', '@x/b', '@x/d'], '2.0.0')]
    for (let round = 1; round <= ROUNDS; round++) {
      const child = spawn(process.execPath, ['--conditions=ggen-source', '--input-type=module', '-e', LOOP, JSON.stringify(sets), folder.path], {
        stdio: ['ignore', 'pipe', 'inherit'],
        cwd: join(import.meta.dirname, '../..'),
      })
      const closed = new Promise((resolve) => child.once('close', resolve))
      await linesOf(child, 2 + ((round * 2) % 12))
      child.kill('SIGKILL')
      await closed
      const target = diskInstall(folder.path)
      const session = await target.enter(signal)
      const locked = parseLock((await target.readLock()) ?? '')
      const files = await diskFiles(join(folder.path, 'ggen_packages'))
      const expected = sets.find(([first]) => first?.release.version === locked[0]?.version) ?? []
      assert.deepEqual(locked.map(({ name }) => name), expected.map(({ release }) => release.name).toSorted())
      assert.equal(Object.keys(files).length, 6 * locked.length)
      for (const { name, version } of locked) {
        assert.equal(files[`${name}/package.json`], `{"name":"${name}","version":"${version}"}`)
        assert.equal(files[`${name}/f4`], version.repeat(100))
      }
      for (const [name, digest] of await target.inPlace()) assert.equal(digest, locked.find((one) => one.name === name)?.digest)
      assert.deepEqual(await workshopOf(folder.path), [])
      await session[Symbol.asyncDispose]()
    }
  })
})
