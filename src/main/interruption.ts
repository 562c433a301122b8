/** Exit code of a process that an impatient user ended. */
const INTERRUPTED = 130

/** Aborts at the first Ctrl-C or request to end, so that everything can close; at the second one the process ends at once. */
export const interruption = (): AbortSignal => {
  const controller = new AbortController()
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED)
    controller.abort(new DOMException('interrupted', 'AbortError'))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  return controller.signal
}
