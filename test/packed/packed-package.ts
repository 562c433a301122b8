import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const REPOSITORY = join(import.meta.dirname, '..', '..')
const LIBRARIES = join(REPOSITORY, 'node_modules')
const BUILD = join(REPOSITORY, 'tools/bundling/build.mjs')
const OUTPUT_BYTES = 16 * 1024 * 1024

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a program of Node to its end. */
export const runNode = async (args: readonly string[], { cwd, env = {} }: RunOptions): Promise<Run> => {
  const options = { cwd, maxBuffer: OUTPUT_BYTES, env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...env } }
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [...args], options)) }
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'number') return error as Error & Run
    throw error
  }
}

const must = async (run: Promise<Run>): Promise<string> => {
  const { code, stdout, stderr } = await run
  if (code !== 0) throw new Error(`ended with ${code}: ${stdout}${stderr}`)
  return stdout
}

/** npm of the Node that runs the tests, or the one that is installed. */
const npm = async (args: readonly string[], cwd: string): Promise<string> => {
  const env = { ...process.env, NODE_OPTIONS: '', npm_config_ignore_scripts: 'true', npm_config_update_notifier: 'false' }
  const { stdout } = await promisify(execFile)('npm', [...args], { cwd, env, maxBuffer: OUTPUT_BYTES, shell: process.platform === 'win32' })
  return stdout
}

export const compiler = join(LIBRARIES, 'typescript/bin/tsc')

/** Builds what "npm start" runs, the package without types and documents, in a new folder. */
export const buildProgram = async (folder: string): Promise<void> => void (await must(runNode([BUILD, '--program', folder], { cwd: REPOSITORY })))

/** Builds the package and packs it as it would be published; resolves to the tarball, which lies in `folder`. */
export const packPackage = async (folder: string): Promise<string> => {
  const staged = join(folder, 'staged')
  await must(runNode([BUILD, staged], { cwd: REPOSITORY }))
  const [packed] = JSON.parse(await npm(['pack', '--json', '--pack-destination', folder], staged)) as readonly { filename: string }[]
  if (packed === undefined) throw new Error('npm packed nothing')
  return join(folder, packed.filename)
}

/** An empty project in which nothing but the packed package and what it depends on can be found. `fetch`: npm brings that from where it is configured to. */
export const installPackage = async (tarball: string, folder: string, { fetch }: { readonly fetch: boolean }): Promise<void> => {
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  if (fetch) await npm(['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], folder)
  else await linkDependencies(tarball, folder)
}

const linkDependencies = async (tarball: string, folder: string): Promise<void> => {
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, 'ggen'), { recursive: true })
  await promisify(execFile)('tar', ['-xzf', tarball, '--strip-components=1', '-C', join(modules, 'ggen')])
  const { optionalDependencies } = JSON.parse(await readFile(join(modules, 'ggen/package.json'), 'utf8')) as { optionalDependencies: object }
  for (const name of Object.keys(optionalDependencies)) await link(name, modules)
}

/** Links one package of the repository, in the place of one that npm brought. */
export const link = async (name: string, modules: string): Promise<void> => {
  await mkdir(dirname(join(modules, name)), { recursive: true })
  await rm(join(modules, name), { recursive: true, force: true })
  await symlink(join(LIBRARIES, name), join(modules, name), 'junction')
}
