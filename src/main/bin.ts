import { join } from 'node:path'
import { readEnvironment } from '#config'
import { isProcessAlive, runCli, type World } from '#doors/cli'
import { interruption } from './interruption.ts'
import { terminal } from './terminal.ts'
import { VERSION } from './version.ts'

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'ggen.mjs')

/** The real world; whatever only some commands need is loaded by them. */
const world: World = {
  version: VERSION,
  stdout: terminal(process.stdout),
  stderr: terminal(process.stderr),
  environment: readEnvironment,
  interrupted: interruption(),
  launcher: [process.execPath, LAUNCHER],
  startNode: async (config, hooks) => (await import('./run-node.ts')).runNode(config, hooks),
  openIdentity: async (home) => (await import('./open-identity.ts')).openIdentity(home),
  install: async (archive) => (await import('./install-package.ts')).installPackage(archive),
  listInstalled: async (folder) => (await import('./list-installed.ts')).listInstalled(folder),
  isAlive: isProcessAlive,
}

process.exitCode = await runCli(process.argv.slice(2), world)
