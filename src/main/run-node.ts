import type { Config } from '#config'
import { Events, type GgenEvent, LIMITS, toGgenError } from '#core'
import type { NodeHooks } from '#doors/cli'
import { serveNode } from './serve-node.ts'
import { keepTrimmed } from './trim-memory.ts'

/**
 * Runs a node until its signal aborts or a client asks it to stop; resolves after it has ended cleanly. What happens while it opens, such as
 * peers it meets, is told when it is ready. Throws what opening throws.
 */
export const runNode = async (config: Config, hooks: NodeHooks, open: typeof serveNode = serveNode): Promise<void> => {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  const events = new Events()
  const early: GgenEvent[] = []
  const opening = events.subscribe((event) => {
    if (early.length < LIMITS.earlyEvents) early.push(event)
  })
  await using node = await open(config, { events, stop, signal: hooks.signal })
  opening[Symbol.dispose]()
  using _events = events.subscribe(hooks.onEvent)
  using _bugs = survivingBugs(events)
  hooks.signal.addEventListener('abort', () => stop(), { once: true })
  if (hooks.signal.aborted) return
  const { peerId, addresses, url } = node
  hooks.onReady({ peerId, addresses, home: config.home, pid: process.pid, ...(url !== undefined && { url }) })
  for (const event of early) hooks.onEvent(event)
  using _trimming = keepTrimmed()
  await stopped
}

/** What nobody caught is a bug, here or in a library; it is reported, and the node goes on serving the others. */
const survivingBugs = (events: Events): Disposable => {
  const report = (error: unknown): void => {
    const { code, message } = toGgenError(error)
    events.emit({ type: 'task-failed', task: 'uncaught', code, message })
  }
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
  return {
    [Symbol.dispose]: () => {
      process.off('uncaughtException', report)
      process.off('unhandledRejection', report)
    },
  }
}
