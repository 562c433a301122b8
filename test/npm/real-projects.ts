import { execFile } from 'node:child_process'
import { cp, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, ggen, hashTree, launcher, startNode, temporaryFolder, until, writeTree } from '#testing'
import { CLIENT_NAMES, type ClientName, type ClientRun, runClient, takeSeat, whyMissing } from './support/mod.ts'

/**
 * `npm run -s real-projects [-- CLIENT…]`: installs real projects from the registry that npm is configured with on this machine, plainly and through a node,
 * and compares all files; then on another machine that reaches no registry, by the lock files of the first. Not among the tests: it needs that registry, and
 * minutes.
 */
const PROJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  express: { express: '^5.0.0' },
  'vite and react': { 'vite': '^7.0.0', '@vitejs/plugin-react': '^5.0.0', 'react': '^19.0.0', 'react-dom': '^19.0.0' },
  eslint: { 'eslint': '^9.0.0', '@eslint/js': '^9.0.0', 'globals': '^16.0.0' },
}

const run = promisify(execFile)
const DEADLINE_MS = 600_000
/** What clients note of an install beside the packages. */
const NOTES = /^\.(?:package-lock\.json|yarn-integrity|yarn-state\.yml|modules\.yaml|pnpm-workspace-state[^/]*|pnpm\/lock\.yaml)$/
/** Ways to the registry, which are as they are on this machine. */
const WAYS = /^(?:https?_proxy|no_proxy|node_extra_ca_certs|ssl_cert_(?:file|dir)|npm_config_(?:https_)?proxy|npm_config_noproxy|npm_config_cafile)$/i
/** Nothing that packages bring is run, and lock files say where archives are, as they do unless somebody wants it otherwise. */
const QUIET = {
  npm_config_ignore_scripts: 'true', pnpm_config_ignore_scripts: 'true', YARN_ENABLE_SCRIPTS: 'false', npm_config_audit: 'false',
  npm_config_omit_lockfile_registry_resolved: 'false',
}

const npmSays = async (key: string): Promise<string> => (await run('npm', ['config', 'get', key], { shell: process.platform === 'win32' })).stdout.trim()

const textOf = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}

const differencesOf = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): readonly string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((path) => !NOTES.test(path) && a[path] !== b[path])

const named = process.argv.slice(2)
const clients = CLIENT_NAMES.filter((client) => whyMissing(client) === false && (named.length === 0 || named.includes(client)))
const registry = (await npmSays('registry')).replace(/\/*$/, '/')
const userSettings = await textOf(await npmSays('userconfig'))
const ways = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => WAYS.test(entry[0]) && entry[1] !== undefined))

await using work = await temporaryFolder()
const home = join(work.path, 'node')
await using node = await startNode({ home, env: { GGEN_TRUST_COOL_DOWN: '0' } })
let failures = 0

interface Trial {
  readonly client: ClientName
  readonly project: string
  readonly how: string
  readonly through: readonly string[]
}

const install = async ({ client, project, how, through }: Trial): Promise<{ readonly run: ClientRun; readonly hashes: Readonly<Record<string, string>> }> => {
  const place = join(work.path, `${client}-${how}`, project.replaceAll(' ', '-'))
  const manifest = { name: 'a-real-project', version: '1.0.0', private: true, dependencies: PROJECTS[project] }
  const cwd = await writeTree(join(place, 'project'), { 'package.json': JSON.stringify(manifest) })
  const seat = await takeSeat({
    client, home: join(place, 'home'), registry, settings: client === 'yarn4' ? [] : [userSettings], env: { ...ways, ...QUIET, GGEN_HOME: node.home },
  })
  const ended = await runClient(seat, ['install'], { cwd, through, deadlineMs: DEADLINE_MS })
  return { run: ended, hashes: ended.code === 0 ? await hashTree(join(cwd, 'node_modules')) : {} }
}

const tell = (what: string, isSame: boolean, details: readonly string[]): void => {
  if (!isSame) failures += 1
  console.log(what)
  for (const line of isSame ? [] : details.slice(0, 5)) console.log(`  ${line}`)
}

const endOf = (how: string, { code, stdout, stderr }: ClientRun): readonly string[] =>
  code === 0 ? [] : [`${how} ended with ${code}: ${(stdout + stderr).slice(-600)}`]

for (const project of Object.keys(PROJECTS)) {
  for (const client of clients) {
    const plain = await install({ client, project, how: 'plain', through: [] })
    const ours = await install({ client, project, how: 'through', through: [process.execPath, launcher(), 'with'] })
    const differences = differencesOf(plain.hashes, ours.hashes)
    const isSame = plain.run.code === 0 && ours.run.code === 0 && differences.length === 0
    const what = isSame ? `${Object.keys(ours.hashes).length} files, all the same` : `${differences.length} files differ`
    tell(`${project}, ${client}: ${what}; plain ${Math.round(plain.run.ms)} ms, through the node ${Math.round(ours.run.ms)} ms`, isSame, [
      ...endOf('plain', plain.run), ...endOf('through the node', ours.run), ...differences,
    ])
  }
}

/** The machine of a colleague, who has nothing, and whose registry is off: there is only the first node. */
const installElsewhere = async (project: string): Promise<void> => {
  const [from, place] = [join(work.path, 'npm-through', project.replaceAll(' ', '-'), 'project'), join(work.path, 'elsewhere', project.replaceAll(' ', '-'))]
  const folder = join(place, 'project')
  for (const name of ['package.json', 'package-lock.json']) await cp(join(from, name), join(folder, name))
  const nobody = `http://127.0.0.1:${await freePort()}/`
  const env = { npm_config_registry: nobody, npm_config_userconfig: join(place, 'no-npmrc'), npm_config_globalconfig: join(place, 'no-npmrc') }
  await mkdir(join(place, 'node'), { mode: 0o700 })
  await using other = await startNode({ home: join(place, 'node'), bootstrap: node.addresses, env })
  await until('the two nodes see each other', () => other.events.some(({ type, peer }) => type === 'peer-connected' && peer === node.peerId))
  const { url } = (await ggen(other.home, 'npm', '--json')).json<{ readonly url: string }>()
  const seat = await takeSeat({ client: 'npm', home: join(place, 'seat'), registry: url, env: { ...QUIET, npm_config_replace_registry_host: 'always' } })
  const ended = await runClient(seat, ['ci'], { cwd: folder, deadlineMs: DEADLINE_MS })
  const differences = differencesOf(await hashTree(join(from, 'node_modules')), ended.code === 0 ? await hashTree(join(folder, 'node_modules')) : {})
  const { served } = (await ggen(other.home, 'npm', 'report', '--json')).json<{ readonly served: readonly { readonly from: string }[] }>()
  const sources = [...Map.groupBy(served, ({ from: source }) => source)].map(([source, some]) => `${some.length} from ${source}`).join(', ')
  const isSame = ended.code === 0 && differences.length === 0
  tell(`${project}, npm, on another machine whose registry is off: ${isSame ? 'all the same' : `${differences.length} files differ`}; ${sources}`, isSame, [
    ...endOf('npm ci', ended), ...differences,
  ])
}

if (clients.includes('npm')) for (const project of Object.keys(PROJECTS)) await installElsewhere(project)
console.log((await ggen(home, 'npm', 'report')).stdout)
process.exitCode = failures === 0 ? 0 : 1
