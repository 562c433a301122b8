import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Gives back what starting took: loading a network stack leaves tens of megabytes of garbage and empty pages, which V8 would keep for a
 * program that goes on like that. A node then mostly waits. Blocks for some tens of milliseconds; call once, when the node is ready.
 */
export const trimMemory = (): void => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as NodeJS.GCFunction
  setFlagsFromString('--no-expose-gc')
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
