import { GgenError, isGgenError } from '#core'
import type { WatchQuestion } from '#doors/control'
import type { Run } from './context.ts'

export interface WatchOptions {
  readonly question: WatchQuestion
  /** News after which it ends. */
  readonly limit?: number
  /** It must end when its time is over. */
  readonly isTimed: boolean
}

/** The time counts from the beginning of the command: what was told until then was not nothing. */
const explain = (error: unknown, told: number): unknown =>
  isGgenError(error, 'timeout') && told > 0 ? new GgenError('timeout', `the time is over; ${told} told`, { cause: error }) : error

/**
 * `ggen watch`: prints what becomes known until it is interrupted, as many as wanted were told, or its time is over. Throws `timeout`,
 * and `daemon-not-running` when the node ends first.
 */
export const watch =
  ({ question, limit = Infinity, isTimed }: WatchOptions): Run =>
  async ({ client, deadline, print, say }) => {
    const news = await client.watch(question, deadline.signal)
    if (!isTimed) deadline.lift()
    say('watching; Ctrl-C ends it')
    let told = 0
    try {
      for await (const value of news) {
        print({ kind: 'news', value })
        if (value.type !== 'missed') told += 1
        if (told >= limit) return undefined
      }
    } catch (error) {
      throw explain(error, told)
    }
    throw new GgenError('daemon-not-running', 'the node has stopped: it tells nothing more')
  }
