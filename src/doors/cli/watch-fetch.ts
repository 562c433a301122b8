import type { Variables } from '#config'
import type { WatchFetch } from './commands/context.ts'
import type { Output } from './commands/world.ts'
import { LiveLine } from './live-line.ts'
import { lookOf } from './look.ts'
import { progressText } from './progress-text.ts'

/** Shows on a terminal how far a fetch is; when it is over, however it ended, the line is empty again. */
export const watchFetchOn =
  (terminal: Output, env: Variables): WatchFetch =>
  async (name, fetch) => {
    using line = new LiveLine(terminal)
    return await fetch((progress) => line.show(() => progressText(name, progress, lookOf(terminal, env))))
  }
