import { GgenError, type GgenEvent, type MissedNews, type News } from '#core'

const EVENT_CHARS = 1024 * 1024

/** One message of a stream: JSON that says of what type it is. */
export interface TypedMessage {
  readonly type: string
}

const parseMessage = (block: string): TypedMessage | undefined => {
  const lines = block.split('\n').filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trimStart())
  if (lines.length === 0) return undefined
  let value: unknown
  try {
    value = JSON.parse(lines.join('\n'))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new GgenError('frame-invalid', 'an event is not JSON', { cause: error })
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    throw new GgenError('frame-invalid', 'an event has no type')
  }
  return value as TypedMessage
}

/** The messages of a server-sent event stream (UTF-8, lines end with LF). Comments are skipped. Throws `frame-invalid`. */
export const readMessages = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TypedMessage, void, undefined> {
  const decoder = new TextDecoder()
  let buffer = ''
  for await (const chunk of chunks) {
    buffer += decoder.decode(chunk, { stream: true })
    const blocks = buffer.split('\n\n')
    buffer = blocks.pop() ?? ''
    if (buffer.length > EVENT_CHARS) throw new GgenError('frame-invalid', 'an event is too long')
    for (const block of blocks) {
      const message = parseMessage(block)
      if (message !== undefined) yield message
    }
  }
}

/** The events of a node. Throws `frame-invalid`. */
export const readEvents = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<GgenEvent, void, undefined> =>
  readMessages(chunks) as AsyncGenerator<TypedMessage & GgenEvent, void, undefined>

/** What a node tells who watches. Throws `frame-invalid`. */
export const readNews = (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<News | MissedNews, void, undefined> =>
  readMessages(chunks) as AsyncGenerator<TypedMessage & (News | MissedNews), void, undefined>
