import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

const NEEDED_MAJOR = 24

const isOld = (node: string): boolean => {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' })
  return status === 0 && Number.parseInt(stdout.replace('v', ''), 10) < NEEDED_MAJOR
}

/** A Node of this machine that is too old for ggen, or undefined. */
export const oldNode: string | undefined = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((folder) => isAbsolute(folder) && !folder.includes('node_modules'))
  .map((folder) => join(folder, process.platform === 'win32' ? 'node.exe' : 'node'))
  .find((node) => existsSync(node) && isOld(node))

/** Options of a test that needs one: it is skipped, and says why, where there is none. */
export const needsOldNode: { readonly skip: string | false } = { skip: oldNode === undefined && 'there is no Node below 24 in PATH' }
