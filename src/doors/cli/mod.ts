export type { ArrivingArchive, Ask, InstalledPackage, NodeHooks, NodeReady, Output, World } from './commands/world.ts'
export { askOn, type Keyboard } from './ask.ts'
export { isProcessAlive } from './commands/is-process-alive.ts'
export { runCli } from './run-cli.ts'
