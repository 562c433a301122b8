import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, until } from '#testing'

const HERE = join(import.meta.dirname, 'verdaccio')
const PROGRAM = join(HERE, 'node_modules', 'verdaccio', 'bin', 'verdaccio')

/** A registry as a process of its own. */
export interface RunningVerdaccio extends AsyncDisposable {
  /** Ends in `/`. */
  readonly url: string
  readonly pid: number
}

/** Installs Verdaccio where it is missing, into its own folder, in the versions of its own lock file, without any install script. */
export const installVerdaccio = async (): Promise<void> => {
  if (existsSync(PROGRAM)) return
  console.log('installing Verdaccio into bench/npm/verdaccio, once')
  await promisify(execFile)('npm', ['install', '--prefix', HERE, '--ignore-scripts', '--no-save'], { cwd: HERE })
}

/** Everybody may read and publish, nothing is shown to browsers, and what is missing comes from upstream; `folder` holds all it keeps. */
const settings = (folder: string, upstream: string): string => `storage: ${folder}/storage
web: { enable: false }
auth: { htpasswd: { file: ${folder}/htpasswd } }
uplinks: { up: { url: '${upstream}', cache: true, maxage: 30m, timeout: 60s } }
packages:
  '@*/*': { access: $all, publish: $all, unpublish: $all, proxy: up }
  '**': { access: $all, publish: $all, unpublish: $all, proxy: up }
max_body_size: 100mb
server: { keepAliveTimeout: 60 }
log: { type: stdout, format: json, level: error }
`

/** Starts Verdaccio before a registry, with nothing cached but what `folder` holds of an earlier start. */
export const startVerdaccio = async (folder: string, upstream: string): Promise<RunningVerdaccio> => {
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'config.yaml')
  await writeFile(file, settings(folder, upstream))
  const port = await freePort()
  const child = spawn(process.execPath, [PROGRAM, '--config', file, '--listen', `127.0.0.1:${port}`], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const url = `http://127.0.0.1:${port}/`
  const answers = async (): Promise<boolean> => {
    try {
      return (await fetch(`${url}-/ping`)).ok
    } catch (error) {
      if (child.exitCode !== null || !(error instanceof TypeError)) throw error
      return false
    }
  }
  await until('Verdaccio answers', answers)
  return {
    url, pid: child.pid ?? -1,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      if (child.exitCode === null && child.kill('SIGKILL')) await ended
    },
  }
}
