import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { System } from './contestant.ts'

const run = promisify(execFile)
const HERE = import.meta.dirname
const RIVALS = join(HERE, '..', 'rivals')

/** Ours: two real processes, each with libp2p, the bulk channel, and blobs on disk. */
export const OURS: System = { name: 'ggen', command: process.execPath, args: ['--conditions=ggen-source', join(HERE, 'peer.ts')] }

/** Node's own server and client. */
export const HTTP: System = { name: 'http', command: process.execPath, args: [join(HERE, 'http.ts'), 'http'] }
export const HTTPS: System = { name: 'https', command: process.execPath, args: [join(HERE, 'http.ts'), 'https'] }

/** What a user would pick instead. */
export interface Rival extends System {
  /** Whether a second file from the same peer comes over the connection of the first; torrents make one each. */
  readonly keepsConnection: boolean
}

const nodeRival = (name: string, keepsConnection: boolean): Rival => ({
  name, keepsConnection, command: process.execPath, args: ['--no-warnings', join(RIVALS, `${name}.mjs`)],
})

export const RIVALS_BY_NAME: readonly Rival[] = [
  nodeRival('webtorrent', false),
  // Debian's own interpreter: that is the one its library is packaged for.
  { name: 'libtorrent', keepsConnection: false, command: '/usr/bin/python3', args: [join(RIVALS, 'libtorrent_driver.py')] },
  nodeRival('hyperdrive', true),
  nodeRival('helia', true),
  nodeRival('iroh', true),
]

/**
 * Installs the rivals where they are missing: into their own folder, in the versions of their own lock file, without any install script. Not with
 * `npm ci`, which refuses a lock file that lacks packages of platforms which the registry at hand lacks too.
 */
export const installRivals = async (): Promise<void> => {
  if (existsSync(join(RIVALS, 'node_modules'))) return
  console.log('installing the rivals into bench/rivals (about 600 MB, once): npm install --prefix bench/rivals --ignore-scripts --no-save')
  try {
    await run('npm', ['install', '--prefix', RIVALS, '--ignore-scripts', '--no-save'], { cwd: RIVALS })
  } catch (error) {
    console.log(`the rivals could not be installed: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** A certificate of its own for the HTTPS baseline, made where it is used. */
export const makeCertificate = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'certificate.pem')]
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...files, '-days', '2', '-subj', '/CN=localhost'])
}
