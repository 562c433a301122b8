import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { launcher, temporaryFolder, writeTree } from '#testing'
import { FROZEN, LOCK_FILES } from './matrix.ts'
import {
  CLIENT_NAMES, type ClientName, type ClientRun, environmentOf, makeProject, programOf, runClient, type Seat, StubUpstream, takeSeat, whyMissing,
} from './support/mod.ts'
import { doorOf, nodeBefore } from './support/node-before.ts'

const WITH_NODE = [process.execPath, launcher(), 'with']
const project = makeProject(12, { small: true })
/** What users and lint rules of theirs look for in a lock file that nobody else can use. */
const THIS_MACHINE = /127\.0\.0\.1:\d+\/npm|localhost/

/** A machine of its own: nothing is there but a folder for the project. */
interface Desk {
  readonly folder: string
  readonly run: (args: readonly string[], how?: { readonly through?: readonly string[] }) => Promise<ClientRun>
}

interface DeskOptions {
  readonly client: ClientName
  readonly upstream: StubUpstream
  /** Home folder of the node. */
  readonly ggenHome: string
}

const deskAt = async (path: string, { client, upstream, ggenHome }: DeskOptions): Promise<Desk> => {
  const folder = await writeTree(join(path, 'project'), { 'package.json': JSON.stringify(project.manifest) })
  const seat = await takeSeat({ client, home: join(path, 'home'), registry: upstream.url, env: { GGEN_HOME: ggenHome } })
  const run: Desk['run'] = async (args, how) => {
    const ended = await runClient(seat, args, { cwd: folder, ...how })
    assert.equal(ended.code, 0, `${ended.stdout}${ended.stderr}`)
    return ended
  }
  return { folder, run }
}

const isWhole = (folder: string): void =>
  assert.deepEqual(Object.keys(project.manifest['dependencies'] as object).filter((name) => !existsSync(join(folder, 'node_modules', name, 'index.js'))), [])

for (const client of CLIENT_NAMES) {
  test(`the lock file that ${client} makes through a node is good without it, and the other way round`, { skip: whyMissing(client) }, async () => {
    await using work = await temporaryFolder()
    await using upstream = await StubUpstream.start({ packages: project.packages })
    const home = join(work.path, 'node')
    const desk = (name: string): Promise<Desk> => deskAt(join(work.path, name), { client, upstream, ggenHome: home })
    const lock = LOCK_FILES[client]

    const [here, again, there] = [await desk('here'), await desk('again'), await desk('there')]
    const [direct, elsewhere] = [await desk('direct'), await desk('elsewhere')]
    {
      await using node = await nodeBefore(home, upstream)
      await here.run(['install'], { through: WITH_NODE })
      assert.ok(upstream.asked(/\.tgz$/).every(({ headers }) => headers['user-agent']?.startsWith('ggen/')), 'all of it came through the node')
      const text = await readFile(join(here.folder, lock), 'utf8')
      assert.doesNotMatch(text, THIS_MACHINE)
      assert.ok(!text.includes(await doorOf(node)))
      upstream.forgetRequests()

      await direct.run(['install'])
      assert.ok(upstream.asked(/\.tgz$/).length >= 12)
      upstream.forgetRequests()
      await cp(join(direct.folder, lock), join(elsewhere.folder, lock))
      await elsewhere.run(FROZEN[client], { through: WITH_NODE })
      isWhole(elsewhere.folder)
      assert.equal(await readFile(join(elsewhere.folder, lock), 'utf8'), await readFile(join(direct.folder, lock), 'utf8'), 'the file is as it was')
      assert.deepEqual(upstream.asked(/\.tgz$/), [], 'the node has everything, and is asked')
      await cp(join(here.folder, lock), join(again.folder, lock))
      await again.run(FROZEN[client], { through: WITH_NODE })
      isWhole(again.folder)
      assert.deepEqual(upstream.asked(/\.tgz$/), [], 'and with one of its own')
    }
    await cp(join(here.folder, lock), join(there.folder, lock))
    upstream.forgetRequests()
    await there.run(FROZEN[client])
    isWhole(there.folder)
    assert.ok(upstream.asked(/\.tgz$/).length >= 12, 'all of it came from the registry itself')
  })
}

/** A seat where nobody has said which registry is asked, and where the first yarn on the path is yarn 1. */
const unconfigured = async (home: string, ggenHome: string): Promise<Seat> => {
  const bin = join(home, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'yarn'), `#!/bin/sh\nexec ${programOf('yarn1').map((part) => `'${part}'`).join(' ')} "$@"\n`)
  await chmod(join(bin, 'yarn'), 0o755)
  const seat = await takeSeat({ client: 'yarn1', home, registry: '', env: { GGEN_HOME: ggenHome } })
  return { ...seat, env: { ...seat.env, PATH: [bin, environmentOf(seat)['PATH'] ?? ''].join(delimiter) } }
}

test('a yarn.lock of a yarn 1 that nobody configured goes through the node, whatever it calls the registry', { skip: whyMissing('yarn1') }, async () => {
  await using work = await temporaryFolder()
  await using upstream = await StubUpstream.start({ packages: project.packages })
  const home = join(work.path, 'node')
  await using _node = await nodeBefore(home, upstream)
  const maker = await deskAt(join(work.path, 'maker'), { client: 'yarn1', upstream, ggenHome: home })
  await maker.run(['install'])
  const seat = await unconfigured(join(work.path, 'user'), home)
  const { stdout: usual } = await runClient(seat, ['config', 'get', 'registry'], { cwd: work.path })
  assert.ok(!usual.startsWith(upstream.url), 'another name of the registry')
  const lock = (await readFile(join(maker.folder, 'yarn.lock'), 'utf8')).replaceAll(upstream.url, usual.trim().replace(/\/?$/, '/'))
  const folder = await writeTree(join(work.path, 'project'), { 'package.json': JSON.stringify(project.manifest), 'yarn.lock': lock })

  upstream.forgetRequests()
  await promisify(execFile)(process.execPath, [launcher(), 'with', 'yarn', ...FROZEN.yarn1], { cwd: folder, env: environmentOf(seat) })
  isWhole(folder)
  assert.ok(upstream.asked(/\.tgz$/).length >= 12, 'the node asked the registry of its npm')
  assert.equal(await readFile(join(folder, 'yarn.lock'), 'utf8'), lock)
})
