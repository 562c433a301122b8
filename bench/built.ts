import { execFile } from 'node:child_process'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..')
const STAGE = join(ROOT, 'node_modules', '.cache', 'ggen-built')

/**
 * Builds the program, and lets whatever is started from now on be what users install. It lies where there are no sources, which the launcher would
 * prefer; what it depends on is found in the folders above it.
 */
export const useBuilt = async (): Promise<void> => {
  await rm(join(ROOT, 'dist'), { recursive: true, force: true })
  await promisify(execFile)('npm', ['run', '-s', 'build'], { cwd: ROOT })
  await rm(STAGE, { recursive: true, force: true })
  await mkdir(STAGE, { recursive: true })
  for (const name of ['bin', 'dist', 'package.json']) await cp(join(ROOT, name), join(STAGE, name), { recursive: true })
  process.env['GGEN_LAUNCHER'] = join(STAGE, 'bin', 'ggen.mjs')
  // Where it keeps code that is compiled.
  process.env['XDG_CACHE_HOME'] = join(STAGE, 'caches')
}
