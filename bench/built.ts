import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..')
const STAGE = join(ROOT, 'node_modules', '.cache', 'ggen-built')

/** Builds the program, and lets whatever is started from now on be what users install. */
export const useBuilt = async (): Promise<void> => {
  await promisify(execFile)(process.execPath, [join(ROOT, 'tools/bundling/build.mjs'), '--program', STAGE], { cwd: ROOT })
  process.env['GGEN_LAUNCHER'] = join(STAGE, 'bin', 'ggen.mjs')
  // Where it keeps code that is compiled.
  process.env['XDG_CACHE_HOME'] = join(STAGE, 'caches')
}
