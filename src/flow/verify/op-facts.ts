import type { FeedOp, PublicKey } from '#core'
import type { ReleaseFacts, StatusFacts } from '#trust'

/**
 * Takes out of the ops of one package what a ledger looks at: a fifth of what a whole op takes in memory. What is the same in all of them is kept once.
 */
export class OpFacts {
  readonly #texts = new Map<string, string>()
  readonly #signers = new Map<string, ReadonlySet<PublicKey>>()

  of(op: FeedOp): ReleaseFacts | StatusFacts {
    const { id, at, seq, prev } = op
    const place = { id, at, seq, ...(prev !== undefined && { prev }) }
    const head = { ...place, identity: this.#once(op.identity), feed: this.#once(op.feed), signers: this.#signersOnce(op.signers) }
    const about = { roles: this.#once(op.body.roles), name: this.#once(op.body.name) }
    if (op.type === 'release') {
      const { digest, sha512, sizeBytes } = op.body.artifact
      return { type: 'release', ...head, body: { ...about, version: op.body.version, artifact: { digest, sha512, sizeBytes } } }
    }
    const { version, state, why, tag } = op.body
    return { type: 'status', ...head, body: { ...about, version, state, ...(why !== undefined && { why }), ...(tag !== undefined && { tag }) } }
  }

  #once<T extends string>(text: T): T {
    const known = this.#texts.get(text)
    if (known === undefined) this.#texts.set(text, text)
    return (known ?? text) as T
  }

  #signersOnce(signers: ReadonlySet<PublicKey>): ReadonlySet<PublicKey> {
    const key = [...signers].join(' ')
    const known = this.#signers.get(key) ?? new Set(signers)
    this.#signers.set(key, known)
    return known
  }
}
