import {
  type Clock, type Events, type FeedOp, GgenError, type IdentityId,
  LIMITS, type MissedNews, type News, NewsQueue, type OpSource, type ReleaseOp,
} from '#core'
import { aboutOp, parseWatch, type WatchFilter, type WatchWish, wantsNews, wantsSubject } from '#flow/search'
import type { PackageView } from '#trust'
import { describedRelease, dropNews, isFirst, opNews } from './describe-news.ts'
import { opEvent } from './op-event.ts'

export interface NewsroomParts {
  readonly events: Events
  readonly clock: Clock
  /** Nobody tells a light node what is new. */
  readonly light: boolean
  /** The package that an op is about. */
  readonly view: (op: FeedOp) => PackageView | undefined
}

interface Watcher {
  readonly filter: WatchFilter
  readonly queue: NewsQueue<News>
}

/** Tells of every op that was taken in, however it came: the node's events in short, and who watches in full. While nobody does, that costs nothing. */
export class Newsroom implements Disposable {
  readonly #parts: NewsroomParts
  readonly #watchers = new Set<Watcher>()
  readonly #closing = new AbortController()

  constructor(parts: NewsroomParts) {
    this.#parts = parts
  }

  /** As `Marketplace.watch`. */
  watch(wish: WatchWish, signal: AbortSignal): AsyncIterable<News | MissedNews> {
    signal.throwIfAborted()
    if (this.#parts.light) throw new GgenError('no-catalogue', 'a light node keeps no catalogue, and nobody tells it what is new')
    const filter = parseWatch(wish)
    if (this.#watchers.size >= LIMITS.watchers) {
      throw new GgenError('too-busy', `${LIMITS.watchers} watch already`, { hint: 'end another ggen watch first' })
    }
    const watcher = { filter, queue: new NewsQueue<News>() }
    this.#watchers.add(watcher)
    const leave = (): void => void this.#watchers.delete(watcher)
    signal.addEventListener('abort', leave, { once: true })
    return this.#read(watcher.queue, { signal, leave })
  }

  /** An op that is new here; call it when the catalogue holds it. */
  tell(op: FeedOp, source: OpSource): void {
    this.#parts.events.emit(opEvent(op, source))
    if (this.#watchers.size === 0) return
    const view = op.type === 'status' ? this.#parts.view(op) : undefined
    const release = op.type === 'status' ? view && describedRelease(op, view) : op
    const subject = aboutOp(op, release)
    const interested = [...this.#watchers].filter(({ filter }) => wantsSubject(filter, subject))
    if (interested.length > 0) this.#send(this.#news(op, { release, source }), interested)
  }

  /** So many records of a publisher were let go for room. */
  tellDropped(identity: IdentityId, records: number): void {
    if (this.#watchers.size > 0) this.#send(dropNews(identity, records, this.#parts.clock.now()), this.#watchers)
  }

  [Symbol.dispose](): void {
    this.#closing.abort()
    this.#watchers.clear()
  }

  #news(op: FeedOp, { release, source }: { readonly release: ReleaseOp | undefined; readonly source: OpSource }): News {
    const heard = { source, heardAt: this.#parts.clock.now() }
    return opNews(op, { release, isFirst: op.type === 'release' && isFirst(op, () => this.#parts.view(op)), ...heard })
  }

  #send(news: News, watchers: Iterable<Watcher>): void {
    for (const { filter, queue } of watchers) if (wantsNews(filter, news)) queue.push(news)
  }

  async *#read(queue: NewsQueue<News>, { signal, leave }: { readonly signal: AbortSignal; readonly leave: () => void }): AsyncGenerator<News | MissedNews> {
    try {
      yield* queue.read(AbortSignal.any([signal, this.#closing.signal]))
    } finally {
      signal.removeEventListener('abort', leave)
      leave()
    }
  }
}
