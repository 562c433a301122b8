import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { test } from 'node:test'
import { launcher, temporaryFolder, writeTree } from '#testing'
import { makeProject, programOf, StubUpstream, whyMissing } from './support/mod.ts'

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'guide', 'npm.md')
const PACKAGES = 60
const MOST_MS = 120_000

/** The commands below a heading of the page, by the blocks that they stand in. */
const blocksOf = async (heading: string): Promise<readonly (readonly string[])[]> => {
  const [, section = ''] = (await readFile(PAGE, 'utf8')).split(`\n## ${heading}\n`)
  const blocks = [...(section.split('\n## ')[0] ?? '').matchAll(/```sh\n(.*?)```/gs)]
  return blocks.map(([, block = '']) => block.split('\n').map((line) => line.replace(/\s+#.*$/, '').trim()).filter((line) => line !== ''))
}

/** A machine on which nobody has used ggen before. */
interface NewMachine extends AsyncDisposable {
  readonly type: (line: string) => Promise<string>
}

interface Step {
  readonly machine: string
  readonly line: string
  readonly ms: number
}

const newMachine = async (path: string, { registry, steps }: { readonly registry: string; readonly steps: Step[] }): Promise<NewMachine> => {
  const [home, bin, project] = ['home', 'bin', 'project'].map((name) => join(path, name)) as [string, string, string]
  await mkdir(home, { recursive: true, mode: 0o700 })
  await writeFile(join(home, '.npmrc'), `registry=${registry}\n`)
  const shim = (...words: readonly string[]): string => `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')} "$@"\n`
  await writeTree(bin, { ggen: shim(process.execPath, launcher()), npm: shim(...programOf('npm')) })
  for (const name of ['ggen', 'npm']) await chmod(join(bin, name), 0o755)
  const env = {
    HOME: home, PATH: [bin, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter), NO_COLOR: '1', npm_config_update_notifier: 'false',
    // Several machines are one here: each takes ports that are free.
    GGEN_P2P_LISTEN: '/ip4/127.0.0.1/tcp/0', GGEN_P2P_MDNS: 'false',
  }
  const type = (line: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const began = performance.now()
      execFile('/bin/sh', ['-c', line], { env, cwd: project, timeout: MOST_MS }, (error, stdout, stderr) => {
        steps.push({ machine: path.slice(path.lastIndexOf('/') + 1), line: line.slice(0, 40), ms: Math.round(performance.now() - began) })
        if (error === null) resolve(stdout)
        else reject(new Error(`${line}: ${stdout}${stderr}`, { cause: error }))
      })
    })
  return { type, [Symbol.asyncDispose]: async () => void (await type('ggen p2p stop')) }
}

test('whoever follows the page on two new machines has a team cache within two minutes', {
  skip: whyMissing('npm') || (process.platform === 'win32' && 'the page is for a shell'),
}, async (context) => {
  await using work = await temporaryFolder()
  const project = makeProject(PACKAGES)
  await using upstream = await StubUpstream.start({ packages: project.packages })
  const steps: Step[] = []
  const how = { registry: upstream.url, steps }
  const [first, second] = [join(work.path, 'first'), join(work.path, 'second')]
  for (const folder of [first, second]) await writeTree(join(folder, 'project'), { 'package.json': JSON.stringify(project.manifest) })
  {
    // The project has a lock file that somebody made before, without ggen.
    const before = await newMachine(first, how)
    await before.type('npm install --package-lock-only')
    await cp(join(first, 'project', 'package-lock.json'), join(second, 'project', 'package-lock.json'))
    await rm(join(first, 'home'), { recursive: true })
    steps.length = 0
  }
  const [onFirst = [], onOthers = []] = await blocksOf('A team')
  assert.deepEqual([onFirst.length, onOthers.length], [4, 4], 'the commands of the page')

  await using a = await newMachine(first, how)
  let ticket = ''
  for (const line of onFirst) ticket = /ggen1[\w-]+/.exec(await a.type(line))?.[0] ?? ticket
  await upstream.goOff()
  await using b = await newMachine(second, how)
  let report = ''
  for (const line of onOthers) report = await b.type(line.replace('ggen1…', ticket))
  assert.match(report, new RegExp(`^peers +${PACKAGES} archives`, 'm'))
  assert.doesNotMatch(report, /^(?:upstream|nowhere|not served)/m)

  const allMs = steps.reduce((sum, { ms }) => sum + ms, 0)
  for (const { machine, line, ms } of steps) context.diagnostic(`${machine}: ${line} ${ms} ms`)
  context.diagnostic(`all of it ${allMs} ms`)
  assert.ok(allMs < MOST_MS, `${allMs} ms`)
})
