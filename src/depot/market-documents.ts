import { createHash } from 'node:crypto'
import { type ArchivedPackageJson, readPackageJson } from '#archive'
import { type Clock, type Events, GgenError, isPackageName, NPM_LIMITS, type PackageName, shortIdentity, toGgenError } from '#core'
import {
  type FormJob, integrityOfHashes, type MadeForm, type MadeVersion, makeDocument, type NpmName, type NpmVersion, parseNpmVersion, type SigningKey, signVersion,
  tagsOf,
} from '#npm'
import type { BlobStore } from '#store'
import type { DocumentWish, ReadyDocument } from './documents.ts'
import type { Market, MarketPackage, MarketRelease } from './market.ts'
import { heldBackOf, type NpmPolicy } from './npm-policy.ts'
import { ReadyBytes } from './ready-bytes.ts'
import { SharedWork } from './shared-work.ts'

export interface MarketDocumentParts {
  readonly market: Market
  readonly blobs: Pick<BlobStore, 'stream'>
  readonly clock: Clock
  readonly events: Events
  readonly makeForm: (job: FormJob, signal: AbortSignal) => Promise<MadeForm>
  /** What this node signs versions with, so that clients can check them as they do those of other registries. */
  readonly signingKey: SigningKey
  readonly policy: NpmPolicy
}

interface ReadyForm {
  readonly bytes: Uint8Array
  readonly etag: string
  readonly modifiedAt?: number
}

/** What an archive says, and its SHA-1: nobody checks anything by that, and clients show it. */
type LookedInto = ArchivedPackageJson & { readonly shasum: string }

/** The documents of packages that are published to the network: made from their archives, each of which its publisher signed. */
export class MarketDocuments {
  readonly #parts: MarketDocumentParts
  readonly #manifests = new ReadyBytes<{ readonly bytes: Uint8Array }>(NPM_LIMITS.lookedBytes)
  readonly #ready = new ReadyBytes<ReadyForm>(NPM_LIMITS.madeBytes)
  readonly #making = new SharedWork<ReadyForm>()

  constructor(parts: MarketDocumentParts) {
    this.#parts = parts
  }

  /** The document of a package. Throws what `Market.of` throws, and why no archive of it can be had. */
  async get(name: NpmName, { isAbbreviated, tarballsAt }: Pick<DocumentWish, 'isAbbreviated' | 'tarballsAt'>, signal: AbortSignal): Promise<ReadyDocument> {
    const offered = await this.#parts.market.of(networkName(name), signal)
    const at = JSON.stringify([name, stateOf(offered), isAbbreviated, tarballsAt])
    // How young it may be, the market decides.
    const heldBack = heldBackOf(this.#parts.policy, { name, now: this.#parts.clock.now(), anyAge: true })
    const { bytes, etag, modifiedAt } = this.#ready.get(at) ?? (await this.#making.run(at, async (shared) => {
      const { json, isComplete } = await this.#make(name, offered, shared)
      const made = await this.#parts.makeForm({ name, bytes: json, isGzip: false, isAbbreviated, tarballsAt, heldBack }, shared)
      const ready = { bytes: made.gzip, etag: made.etag, ...(made.modifiedAt !== undefined && { modifiedAt: made.modifiedAt }) }
      if (isComplete) this.#ready.put(at, ready)
      return ready
    }, signal))
    return { bytes, etag, encoding: 'gzip', ageMs: 0, freshMs: 0, ...(modifiedAt !== undefined && { modifiedAt }) }
  }

  /** What cannot be had just now cannot be installed either: it is left out until it can. */
  async #make(name: NpmName, offered: MarketPackage, signal: AbortSignal): Promise<{ readonly json: Uint8Array; readonly isComplete: boolean }> {
    const patience = this.#parts.clock.timeout(NPM_LIMITS.lookMs)
    const waiting = offered.releases.entries()
    const versions: (MadeVersion | undefined)[] = []
    const troubles: GgenError[] = []
    const look = async (): Promise<void> => {
      for (const [place, one] of waiting) {
        try {
          versions[place] = await this.#look(name, one, AbortSignal.any([signal, patience]))
        } catch (error) {
          signal.throwIfAborted()
          troubles.push(this.#report(one, patience.aborted ? patience.reason : error))
        }
      }
    }
    await Promise.all(Array.from({ length: NPM_LIMITS.lookedInto }, look))
    const found = versions.filter((one) => one !== undefined)
    const [trouble] = troubles
    if (found.length === 0 && trouble !== undefined) throw trouble
    const document = makeDocument({
      name, versions: found,
      tags: tagsOf(found.map(({ version }) => version), offered.tags),
      maintainers: [{ name: shortIdentity(offered.identity), email: '' }],
    })
    return { json: Buffer.from(JSON.stringify({ ...document, _rev: `1-${stateOf(offered)}` })), isComplete: troubles.length === 0 }
  }

  async #look(name: NpmName, { release, since, deprecated }: MarketRelease, signal: AbortSignal): Promise<MadeVersion> {
    signal.throwIfAborted()
    const { artifact, version: text } = release.body
    const read = this.#known(release) ?? (await this.#read(release, signal))
    const version: NpmVersion = parseNpmVersion(text)
    const integrity = integrityOfHashes({ sha512: artifact.sha512 })
    return {
      version, integrity, ...read,
      at: since,
      signatures: [signVersion({ name, version, integrity }, this.#parts.signingKey)],
      ...(deprecated !== undefined && { deprecated }),
    }
  }

  #known({ body: { artifact: { digest } } }: MarketRelease['release']): LookedInto | undefined {
    const bytes = this.#manifests.get(digest)?.bytes
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString('utf8')) as LookedInto)
  }

  async #read(release: MarketRelease['release'], signal: AbortSignal): Promise<LookedInto> {
    const { market, blobs } = this.#parts
    const { digest } = release.body.artifact
    await market.bring(release, signal)
    const sha1 = createHash('sha1')
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of blobs.stream(digest, { signal })) {
        sha1.update(chunk)
        yield chunk
      }
    }
    const read = { ...(await readPackageJson(chunks(), { signal })), shasum: sha1.digest('hex') }
    this.#manifests.put(digest, { bytes: Buffer.from(JSON.stringify(read)) })
    return read
  }

  #report({ release: { body: { name, version } } }: MarketRelease, error: unknown): GgenError {
    const coded = toGgenError(error)
    const { code, message } = coded
    // What is no package of npm is in the network like any other: nothing is wrong with it.
    if (code === 'manifest-missing') return new GgenError('package-not-found', `${name} has no package.json: it is no package of npm`)
    this.#parts.events.emit({ type: 'task-failed', task: `looking into ${name}@${version}`, code, message })
    return coded
  }
}

/** Names of npm that no package of the network can have mean none. Throws `package-not-found`. */
export const networkName = (name: NpmName): PackageName => {
  if (isPackageName(name)) return name
  throw new GgenError('package-not-found', `${name} cannot be the name of a package of the network`, {
    hint: 'names there have no capital letters and no underscores',
  })
}

const stateOf = ({ releases, tags }: MarketPackage): string => {
  const said = releases.map(({ release: { id }, deprecated, since }) => [id, deprecated ?? '', since])
  return createHash('sha256').update(JSON.stringify([said, [...tags]])).digest('hex').slice(0, 32)
}
