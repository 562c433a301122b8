import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { ggen, type Machine, startNode, temporaryFolder } from '#testing'
import { CLIENT_NAMES, makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

interface Report {
  readonly served: readonly { readonly client: string; readonly from: string }[]
}

const MODULES = ['node_modules', 'package-lock.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', '.yarn']

describe('ggen npm setup', () => {
  it('leads every client through the node, for the project or for the user, and unsetup gives every byte back', async (context) => {
    await using work = await temporaryFolder()
    const project = makeProject(4, { small: true })
    await using upstream = await StubUpstream.start({ packages: project.packages })
    const [home, folder] = [join(work.path, 'home'), join(work.path, 'project')]
    for (const path of [home, folder]) await mkdir(path, { mode: 0o700 })
    const npmrc = `# mine\r\nregistry = ${upstream.url}\n`
    const yarnrc = `npmRegistryServer: "${upstream.url}"\nunsafeHttpWhitelist: ["127.0.0.1"]\n`
    await writeFile(join(folder, 'package.json'), JSON.stringify(project.manifest))
    const userFiles = async (): Promise<readonly string[]> =>
      await Promise.all(['.npmrc', '.yarnrc.yml'].map(async (name) => await readFile(join(home, name), 'utf8')))
    await writeFile(join(home, '.npmrc'), npmrc, { mode: 0o640 })
    await writeFile(join(home, '.yarnrc.yml'), yarnrc)
    const machine: Machine = { home: join(work.path, 'ggen'), env: { HOME: home, npm_config_userconfig: '' }, cwd: folder }
    await mkdir(machine.home, { mode: 0o700 })
    await using node = await startNode({ home: machine.home, env: { HOME: home, npm_config_userconfig: join(home, '.npmrc') } })
    assert.ok(node.pid > 0)

    const setUp = async (...args: readonly string[]): Promise<void> => {
      const { code, stdout, stderr } = await ggen(machine, 'npm', ...args)
      assert.equal(code, 0, `${args.join(' ')}: ${stdout}${stderr}`)
    }
    const served = async (): Promise<Report['served']> => (await ggen(machine, 'npm', 'report', '--json')).json<Report>().served
    const installWith = async (client: (typeof CLIENT_NAMES)[number]): Promise<number> => {
      const before = (await served()).length
      const settings = client === 'yarn4' ? await readFile(join(home, '.yarnrc.yml'), 'utf8') : await readFile(join(home, '.npmrc'), 'utf8')
      const seat = await takeSeat({ client, home: join(work.path, `seat-${client}`), registry: '', settings: [settings] })
      const { code, stdout, stderr } = await runClient(seat, ['install'], { cwd: folder })
      assert.equal(code, 0, `${client}: ${stdout}${stderr}`)
      for (const name of MODULES) await rm(join(folder, name), { recursive: true, force: true })
      await rm(seat.home, { recursive: true })
      return (await served()).length - before
    }

    await context.test('shows what it would write, and writes nothing while nobody agrees', async () => {
      const { code, stderr } = await ggen(machine, 'npm', 'setup', '--user')
      assert.equal(code, 2)
      assert.match(stderr, /\.npmrc\n {2}- registry = http:[^]*\n {2}\+ registry=http:\/\/127\.0\.0\.1:\d+\/npm\/\n[^]*\n {2}hint: [^\n]*--yes/)
      assert.doesNotMatch(stderr, /_authToken=(?!\(hidden\))/)
      assert.deepEqual(await userFiles(), [npmrc, yarnrc])
    })
    for (const client of CLIENT_NAMES.filter((one) => whyMissing(one) === false)) {
      await context.test(`lets ${client} install`, async () => {
        await setUp('setup', '--project', '--client', 'npm,yarn', '--yes')
        assert.ok((await installWith(client)) >= 4, 'through the node, as the project says')
        await setUp('unsetup', '--project', '--yes')
        assert.ok(!existsSync(join(folder, '.npmrc')) && !existsSync(join(folder, '.yarnrc.yml')))
        // The others read the same file as npm.
        if (client !== 'npm' && client !== 'yarn4') return
        await setUp('setup', '--user', '--yes')
        assert.ok((await installWith(client)) >= 4, 'through the node, as the user says')
        await setUp('setup', '--user', '--yes')
        await setUp('unsetup', '--user', '--yes')
        assert.equal(await installWith(client), 0, 'as before')
      })
    }
    assert.deepEqual(await userFiles(), [npmrc, yarnrc])
    assert.equal((await stat(join(home, '.npmrc'))).mode & 0o777, 0o640)
    assert.ok((await served()).every(({ from }) => from !== 'nowhere'))
  })
})
