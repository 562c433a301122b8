import type { Variables } from '#config'
import type { WatchCount, WatchFetch } from './commands/context.ts'
import type { Output } from './commands/world.ts'
import { LiveLine } from './live-line.ts'
import { lookOf } from './look.ts'
import { countText, progressText } from './progress-text.ts'

/** Shows on a terminal how far a fetch is; when it is over, however it ended, the line is empty again. */
export const watchFetchOn =
  (terminal: Output, env: Variables): WatchFetch =>
  async (name, fetch) => {
    using line = new LiveLine(terminal)
    return await fetch((progress) => line.show(() => progressText(name, progress, lookOf(terminal, env))))
  }

/** The same for work that is done many times. */
export const watchCountOn =
  (terminal: Output): WatchCount =>
  async (what, work) => {
    using line = new LiveLine(terminal)
    return await work((progress) => line.show(() => countText(what, progress, terminal.columns)))
  }
