/** What is asked of a server, below the address that it has. */
export interface HttpQuestion {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** Without a slash in front, percent-encoded, with the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: HttpBody
  /** Bytes are handed over as they were packed on the way: `content-encoding` says how. Without it, what was packed with gzip is unpacked. */
  readonly keepsEncoding?: true
}

export interface HttpBody {
  readonly sizeBytes: number
  readonly chunks: AsyncIterable<Uint8Array>
}

/** The head of an answer, and its bytes as they come: whoever does not read them to their end leaves with `cancel`. */
export interface HttpAnswer {
  readonly status: number
  readonly header: (name: string) => string | undefined
  /** In chunks of at most 1 MiB. Leaving the loop ends the exchange. Throws like `ask`. */
  readonly body: AsyncIterable<Uint8Array>
  readonly cancel: () => void
}

/** One server over HTTP. Disposing closes its connections. */
export interface HttpClient extends Disposable {
  /**
   * Resolves with the head of the answer. Throws `registry-unreachable`, `registry-untrusted` when the server cannot prove who it is, `registry-failed`
   * when it sends elsewhere and is not followed there, and the reason of an aborted signal.
   */
  ask(question: HttpQuestion, signal: AbortSignal): Promise<HttpAnswer>
}
