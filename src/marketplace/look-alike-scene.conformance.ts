import { digestOf, type IdentityId, opIdOfHash, parsePackageName, parseVersion } from '#core'
import { createHash } from 'node:crypto'
import { createViews } from '#flow/verify'
import { type Catalogue, memoryCatalogue, memoryTrustStore, type TrustStore } from '#store'
import { TestClock } from '#testing'
import { FollowedWords } from './followed-words.ts'

/** Who publishes in these tests, where nobody has to sign anything. */
export const someone = (label: string): IdentityId => opIdOfHash(createHash('sha256').update(label).digest()) as IdentityId

/** A node that knows names. */
export interface LookAlikeScene {
  readonly trust: TrustStore
  readonly catalogue: Catalogue
  readonly clock: TestClock
  readonly words: FollowedWords
  readonly namespaces: Map<string, IdentityId>
  readonly pinsRevision: () => number
  /** This node hears now that somebody has something under these names. */
  readonly hear: (publisher: IdentityId, ...names: readonly string[]) => void
  readonly pin: (publisher: IdentityId, ...names: readonly string[]) => void
}

export const lookAlikeScene = (): LookAlikeScene => {
  const [trust, catalogue, clock] = [memoryTrustStore(), memoryCatalogue(), new TestClock()]
  const words = new FollowedWords({ trust, catalogue, views: createViews(catalogue), clock })
  let pins = 0
  const shown = { title: '', description: '', tags: [], category: '', license: '', author: '', kind: 'tgz', scripts: false, deprecated: false } as const
  const [digest, version] = [digestOf(Buffer.from('')), parseVersion('1.0.0')]
  return {
    trust, catalogue, clock, words, namespaces: new Map(), pinsRevision: () => pins,
    hear: (identity, ...names) => {
      const known = Math.floor(clock.now() / 1000)
      for (const name of names) catalogue.putEntry({ ...shown, identity, name: parsePackageName(name), version, digest, at: known, known, op: identity })
    },
    pin: (identity, ...names) => {
      for (const name of names) trust.putPin({ name: parsePackageName(name), identity, since: clock.now(), how: 'chosen' })
      pins += 1
    },
  }
}
