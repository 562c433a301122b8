import { join } from 'node:path'
import { isatty } from 'node:tty'
import { VERSION } from '#config'
import { askOn, isProcessAlive, runCli, type World } from '#doors/cli'
import { environment } from './environment.ts'
import { interruption } from './interruption.ts'
import { terminal } from './terminal.ts'

const STDIN = 0
const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'ggen.mjs')

const stderr = terminal(process.stderr)
const ask = isatty(STDIN) && stderr.isTTY ? askOn(() => process.stdin, stderr) : undefined

/** The real world; whatever only some commands need is loaded by them. */
const world: World = {
  version: VERSION,
  stdout: terminal(process.stdout),
  stderr,
  ...(ask !== undefined && { ask }),
  environment,
  interrupted: interruption(),
  launcher: [process.execPath, LAUNCHER],
  startNode: async (config, hooks) => (await import('./run-node.ts')).runNode(config, hooks),
  serveRegistry: async (config, request, hooks) => {
    const [{ runNode }, { serveRegistry }] = await Promise.all([import('./run-node.ts'), import('./serve-registry.ts')])
    await runNode(config, hooks, (chosen, options) => serveRegistry(chosen, request, options))
  },
  openNetworkFile: async (path) => (await import('#node/system')).openNetworkFile(path),
  openTokens: async (path) => (await import('./open-tokens.ts')).openTokens(path),
  openKeystore: async (home, mirrored) => (await import('./open-keystore-of.ts')).openKeystoreOf(home, mirrored),
  openForeign: async (home, address) => (await import('./open-foreign.ts')).openForeign(home, address),
  openPacks: async (places) => (await import('#foreign/source')).packCopies(places),
  openMirror: async (home, source) => (await import('./open-foreign.ts')).openMirrorOf(home, source),
  openAgents: async () => (await import('./open-agents.ts')).openAgents(),
  stdin: () => process.stdin,
  readFile: async (path, mostBytes) => (await import('#store/disk')).readPrivateFile(path, mostBytes),
  isBundle: async (path) => (await import('./open-bundles.ts')).isBundleFile(path),
  createFile: async (path, bytes) => (await import('#store/disk')).createPrivateFile(path, bytes),
  openSettingsFile: async (path) => (await import('#project')).openSettingsFile(path),
  openProject: async (folder) => (await import('./open-project.ts')).openProject(folder),
  listInstalled: async (folder) => (await import('./list-installed.ts')).listInstalled(folder),
  nearestFiles: async (folder, names) => (await import('./nearest-files.ts')).nearestTexts(folder, names),
  openMachine: async () => (await import('./system-machine.ts')).systemMachine,
  runCommand: async (command, args, env) => (await import('./run-command.ts')).runCommand(command, args, env),
  askCommand: async (command, args, place) => (await import('./ask-command.ts')).askCommand(command, args, place),
  isAlive: isProcessAlive,
}

process.exitCode = await runCli(process.argv.slice(2), world)
