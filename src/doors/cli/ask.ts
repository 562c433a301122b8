import { GgenError } from '#core'
import type { Ask, Output } from './commands/world.ts'
import { TypedLine } from './typed-line.ts'

/** The keyboard side of a terminal, as `process.stdin` is one. */
export interface Keyboard {
  setRawMode(isRaw: boolean): unknown
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end' | 'error', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  off(event: 'end' | 'error', listener: () => void): unknown
  resume(): unknown
  pause(): unknown
}

const gone = (): GgenError => new GgenError('cancelled', 'nobody answered')

/** Reads one line, or rejects when the signal aborts or the keyboard is gone. */
const readLine = (keyboard: Keyboard, line: TypedLine, signal: AbortSignal): Promise<string> => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const onData = (chunk: Iterable<number>): void => {
    try {
      const text = line.take(chunk)
      if (text !== undefined) resolve(text)
    } catch (error) {
      reject(error instanceof Error ? error : gone())
    }
  }
  const onGone = (): void => reject(gone())
  const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : gone())
  keyboard.on('data', onData)
  keyboard.on('end', onGone)
  keyboard.on('error', onGone)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  // What was typed ahead may hold the answer already.
  onData([])
  keyboard.resume()
  return promise.finally(() => {
    keyboard.pause()
    keyboard.off('data', onData)
    keyboard.off('end', onGone)
    keyboard.off('error', onGone)
    signal.removeEventListener('abort', onAbort)
  })
}

/**
 * Asks at a terminal: both keyboard and screen must be one. The keyboard is only touched when something is asked; while a hidden line is
 * typed it sends every key at once, and nothing shows.
 */
export const askOn = (keyboardOf: () => Keyboard, screen: Output): Ask => {
  const line = new TypedLine()
  return {
    visible: async (question, signal) => {
      screen.write(question)
      return await readLine(keyboardOf(), line, signal)
    },
    hidden: async (question, signal) => {
      const keyboard = keyboardOf()
      screen.write(question)
      keyboard.setRawMode(true)
      try {
        return await readLine(keyboard, line, signal)
      } finally {
        keyboard.setRawMode(false)
        screen.write('\n')
      }
    },
  }
}
