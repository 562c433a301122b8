import { REGISTRY_LIMITS } from '#core'

interface Tagged {
  readonly etag: string
  readonly envelopes: readonly Uint8Array[]
  readonly bytes: number
}

/** The last answers of a server with the tags that it gave them: while they are the same, it need not send them again. */
export class Etags {
  readonly #tagged = new Map<string, Tagged>()
  #bytes = 0

  get(path: string): Tagged | undefined {
    const tagged = this.#tagged.get(path)
    if (tagged === undefined) return undefined
    this.#tagged.delete(path)
    this.#tagged.set(path, tagged)
    return tagged
  }

  put(path: string, etag: string, envelopes: readonly Uint8Array[]): void {
    this.#drop(path)
    const bytes = envelopes.reduce((sum, { length }) => sum + length, path.length + etag.length)
    this.#tagged.set(path, { etag, envelopes, bytes })
    this.#bytes += bytes
    for (const oldest of this.#tagged.keys()) {
      if (this.#tagged.size <= REGISTRY_LIMITS.cachedAnswers && this.#bytes <= REGISTRY_LIMITS.cachedBytes) return
      this.#drop(oldest)
    }
  }

  #drop(path: string): void {
    this.#bytes -= this.#tagged.get(path)?.bytes ?? 0
    this.#tagged.delete(path)
  }
}
