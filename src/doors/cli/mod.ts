export type {
  ArrivingArchive, IdentityKeys, InstalledPackage, NodeHooks, NodeReady, OpenedIdentity, Output, World,
} from './commands/world.ts'
export { isProcessAlive } from './commands/is-process-alive.ts'
export { runCli } from './run-cli.ts'
