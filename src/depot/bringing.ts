import { createHash } from 'node:crypto'
import {
  type Artifact, type Clock, type Digest, digestFromBytes, type Events, GgenError, isGgenError, NPM_LIMITS, type PeerId, type Sha512, toGgenError,
} from '#core'
import { type Integrity, sha512Of, shasumIn } from '#npm'
import type { BlobStore, NpmRecords, ReleaseKey } from '#store'
import { type Brought, broughtBy, type GiverShares } from './brought.ts'
import { Passage } from './passage.ts'
import { patientBody } from './patient-body.ts'
import { hostOf, type Source } from './source.ts'
import { TarballDraft } from './tarball-draft.ts'
import { type FinishedHashes, TarballHasher } from './tarball-hashes.ts'
import type { FoundTarball, Team } from './team.ts'

export interface BringingParts {
  readonly records: NpmRecords
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly events: Events
  readonly team: Pick<Team, 'find' | 'distrust' | 'peers'>
  /** Brings a blob from a peer that says that it has it, or from whoever else does, and says who gave it. Throws as `Transfers.fetch`. */
  readonly fetchFrom: (artifact: Artifact, peer: PeerId, signal: AbortSignal) => Promise<{ readonly sources: GiverShares }>
}

/** An archive that is to be brought. */
export interface WantedTarball {
  readonly source: Source
  readonly release: ReleaseKey
  /** Its address, below that of the registry or whole. */
  readonly address: () => Promise<string>
  /** What it must be; resolves to nothing where nobody says. Asked for once, while the bytes come. */
  readonly expected: () => Promise<Integrity | undefined>
  /** What is known without asking anybody. */
  readonly known: Integrity | undefined
  /** A client alone says so: what comes by it from peers says nothing of what the version is. */
  readonly isClaimed: boolean
}

/** It came from a peer and is right: into the store, or into memory, and then into the store. */
interface Arrived {
  readonly kind: 'blob'
  readonly digest: Digest
  readonly sizeBytes: number
  readonly sha512: Sha512
  /** Empty: it is not known. */
  readonly sha1: string
  readonly brought: Brought
  readonly whole?: Uint8Array
}

type Outcome = Arrived | { readonly kind: 'passing' }

/** Two tries at a registry that breaks off in the middle, beside the first. */
const AGAIN = 2

/** One archive on its way here, and whoever wants it meanwhile. */
export class Bringing {
  readonly #parts: BringingParts
  readonly #wanted: WantedTarball
  readonly passage = new Passage()
  readonly #hasher: TarballHasher
  readonly #troubles: GgenError[] = []
  /** Bytes are in sight: in the passage, or in the store. Rejects when nobody has them. */
  readonly outcome: Promise<Outcome>
  /** It is in the store, or is not going to be. */
  readonly stored: Promise<void>
  readonly #draft: TarballDraft
  #promisedBytes: number | undefined
  #doing: 'asking' | 'fetching' = 'asking'
  #brought: Omit<Brought, 'trouble'> = { from: 'upstream' }

  constructor(parts: BringingParts, wanted: WantedTarball, signal: AbortSignal) {
    this.#parts = parts
    this.#wanted = wanted
    this.#hasher = new TarballHasher(wanted.known)
    this.#draft = new TarballDraft(parts.blobs)
    const { promise, resolve, reject } = Promise.withResolvers<Outcome>()
    this.outcome = promise
    this.stored = this.#run(resolve, signal).catch((error: unknown) => {
      const coded = toGgenError(error)
      this.passage.fail(coded)
      reject(coded)
    }).then(() => this.#draft[Symbol.asyncDispose]())
    void Promise.allSettled([promise])
  }

  get doing(): 'asking' | 'fetching' {
    return this.#doing
  }

  /** Whom it comes from, as far as that is decided: somebody else may give the rest. */
  get brought(): Brought {
    const trouble = this.#troubles.map(({ code, message }) => `${code}: ${message}`).join('; ')
    return { ...this.#brought, ...(trouble !== '' && { trouble }) }
  }

  /** How long it is going to be, as its registry says; nothing else than so many bytes is passed on as the whole. */
  get promisedBytes(): number | undefined {
    return this.#promisedBytes
  }

  async #run(resolve: (outcome: Outcome) => void, signal: AbortSignal): Promise<void> {
    const expected = await this.#expectedAhead()
    const found = await this.#fromPeers(expected, { signal, patient: this.#wanted.source.refusal !== undefined })
    this.#doing = 'fetching'
    if (found !== undefined) {
      resolve(found)
      return await this.#reported(() => this.#keepFound(found))
    }
    void this.passage.begun(signal).then(() => resolve({ kind: 'passing' }), () => undefined)
    const hashes = await this.#fromUpstream(signal)
    this.passage.end()
    resolve({ kind: 'passing' })
    if (hashes !== undefined) await this.#reported(() => this.#keep(hashes))
  }

  /** Whoever asked has the bytes by now, and does not hear of it. */
  async #reported(keep: () => Promise<void>): Promise<void> {
    try {
      await keep()
    } catch (error) {
      const { code, message } = toGgenError(error)
      this.#parts.events.emit({ type: 'task-failed', task: `keeping the archive of ${this.#name}`, code, message })
    }
  }

  /** Peers are asked by the hash: where somebody could have it, or the registry has not, it is looked for first. */
  async #expectedAhead(): Promise<Integrity | undefined> {
    const { known, expected, source } = this.#wanted
    if (known !== undefined) return known
    return this.#parts.team.peers.length > 0 || source.refusal !== undefined ? await expected() : undefined
  }

  /** Brings it from peers, as long as there is one who says that it has it. */
  async #fromPeers(expected: Integrity | undefined, how: { readonly signal: AbortSignal; readonly patient: boolean }): Promise<Arrived | undefined> {
    const { records, team } = this.#parts
    if (expected === undefined) return undefined
    const sha1 = shasumIn(expected)
    const sha512 = sha512Of(expected) ?? (sha1 === undefined ? undefined : records.sha512Of(sha1))
    if (sha512 === undefined) return undefined
    const tried = new Set<PeerId>()
    for (;;) {
      const found = await team.find(sha512, { ...how, except: tried })
      if (found === undefined) return undefined
      tried.add(found.peer)
      try {
        const { digest, sizeBytes } = found
        const taken = await this.#take(found, { digest, sizeBytes, sha512 }, { expected, signal: how.signal })
        this.#brought = taken.brought
        return { kind: 'blob', ...taken }
      } catch (error) {
        how.signal.throwIfAborted()
        if (!isGgenError(error) || error.code === 'internal') throw error
        this.#troubles.push(error)
        team.distrust(found.peer)
      }
    }
  }

  /** What it gave, where it is in memory: checked, and what the peer says of it counts for nothing. Throws `integrity`, and as `fetchFrom`. */
  async #take(
    found: FoundTarball, artifact: Artifact, { expected, signal }: { readonly expected: Integrity; readonly signal: AbortSignal },
  ): Promise<Omit<Arrived, 'kind'>> {
    const { blobs, fetchFrom } = this.#parts
    const { digest, sizeBytes, sha512 } = artifact
    const brought: Brought = found.bytes === undefined
      ? broughtBy('peer', (await fetchFrom(artifact, found.peer, signal)).sources)
      : { from: 'peer', givers: [{ peer: found.peer, bytes: found.bytes.length }] }
    const whole = found.bytes ?? (sizeBytes <= NPM_LIMITS.passingBytes ? await blobs.read(digest, { offset: 0, length: sizeBytes }) : undefined)
    // A large one was compared with its SHA-512 as it came.
    if (whole === undefined) return { digest, sizeBytes, sha512, sha1: '', brought }
    const hasher = new TarballHasher(expected)
    hasher.update(whole)
    const hashes = hasher.finish()
    if (!hashes.isWhat(expected)) throw new GgenError('integrity', `${found.peer} gave other bytes than ${this.#name}`)
    return { ...hashes, whole, brought }
  }

  /** Puts into the store what came with an answer, and remembers what it is. */
  async #keepFound({ digest, sizeBytes, sha512, sha1, whole }: Arrived): Promise<void> {
    const { records, blobs } = this.#parts
    const { source, release, isClaimed } = this.#wanted
    if (whole !== undefined && (await blobs.size(digest)) !== sizeBytes) {
      await using draft = new TarballDraft(blobs)
      await draft.push(whole)
      await draft.seal(digest)
    }
    records.noteTarball({ digest, sizeBytes, sha512, sha1, isPrivate: source.isPrivate }, isClaimed ? undefined : release)
  }

  get #name(): string {
    const { name, version } = this.#wanted.release
    return `${name}@${version}`
  }

  /** The whole from the registry, checked; `undefined`: the rest came from a peer, and is here. Throws why not. */
  async #fromUpstream(signal: AbortSignal): Promise<FinishedHashes | undefined> {
    const { source, known, expected } = this.#wanted
    const saying = known === undefined ? expected() : Promise.resolve(known)
    void Promise.allSettled([saying])
    for (let tries = 0; ; tries += 1) {
      try {
        await this.#read(signal)
        break
      } catch (error) {
        signal.throwIfAborted()
        if (!isGgenError(error) || error.code === 'internal') throw error
        this.#troubles.push(error)
        const [said] = await Promise.allSettled([saying])
        const rest = await this.#fromPeers(said.status === 'fulfilled' ? said.value : undefined, { signal, patient: true })
        if (rest !== undefined) {
          await this.#keepFound(rest)
          await this.#passOn(rest, signal)
          return undefined
        }
        if (tries === AGAIN || source.refusal !== undefined || !error.kind.retryable || error.code === 'package-not-found') throw this.#failure(error)
      }
    }
    const promised = await saying
    const hashes = this.#hasher.finish()
    if (promised === undefined) throw new GgenError('integrity', `${hostOf(source.id)} does not say what the archive of ${this.#name} must be`)
    if (!hashes.isWhat(promised)) throw new GgenError('integrity', `${hostOf(source.id)} gives an archive of ${this.#name} that is not the one it promises`)
    return hashes
  }

  #failure(error: GgenError): GgenError {
    if (this.#troubles.length < 2) return error
    const reasons = [...new Set(this.#troubles.map(({ message }) => message))].join('; ')
    return new GgenError(error.code, `nobody gives ${this.#name}: ${reasons}`, { cause: error, hint: error.hint })
  }

  /** Reads on from where the last try ended. */
  async #read(signal: AbortSignal): Promise<void> {
    const { source, address } = this.#wanted
    const from = this.#hasher.sizeBytes
    const path = await address()
    const answer = await source.ask({ method: 'GET', path, headers: { ...(from > 0 && { range: `bytes=${from}-` }), 'accept-encoding': 'identity' } }, signal)
    if (answer.status !== 200 && answer.status !== 206) {
      answer.cancel()
      throw refusalOfTarball(hostOf(source.id), this.#name, answer.status)
    }
    // What was packed on the way has another length there.
    const length = answer.header('content-encoding') === undefined ? Number(answer.header('content-length') ?? Number.NaN) : Number.NaN
    if (Number.isSafeInteger(length)) this.#promisedBytes ??= length + (answer.status === 206 ? from : 0)
    let skip = answer.status === 206 ? 0 : from
    for await (const chunk of patientBody(answer.body, { clock: this.#parts.clock, idleMs: NPM_LIMITS.upstreamIdleMs })) {
      const fresh = chunk.subarray(Math.min(skip, chunk.length))
      skip -= chunk.length - fresh.length
      if (fresh.length === 0) continue
      if (this.#hasher.sizeBytes + fresh.length > NPM_LIMITS.tarballBytes) {
        throw new GgenError('archive-too-large', `${this.#name} has more than ${NPM_LIMITS.tarballBytes} bytes`)
      }
      this.#hasher.update(fresh)
      await this.#draft.push(fresh)
      await this.passage.push(fresh, signal)
    }
    const got = this.#hasher.sizeBytes - (answer.status === 206 ? from : 0)
    if (Number.isFinite(length) && got < length) throw new GgenError('registry-unreachable', `${hostOf(source.id)} broke off in the middle of ${this.#name}`)
  }

  /** The rest of what a registry had begun to send, from the store. Throws `integrity` where what was sent is not how it begins. */
  async #passOn({ digest, sizeBytes }: Arrived, signal: AbortSignal): Promise<void> {
    const sent = this.#hasher.sizeBytes
    const before = createHash('sha256')
    for await (const chunk of this.#parts.blobs.stream(digest, { range: { offset: 0, length: sent }, signal })) before.update(chunk)
    const isOther = digestFromBytes(before.digest()) !== this.#hasher.soFar || (this.#promisedBytes ?? sizeBytes) !== sizeBytes
    if (sent > 0 && isOther) {
      throw new GgenError('integrity', `${hostOf(this.#wanted.source.id)} began to send another archive of ${this.#name}`)
    }
    for await (const chunk of this.#parts.blobs.stream(digest, { range: { offset: sent, length: NPM_LIMITS.tarballBytes }, signal })) {
      await this.passage.push(chunk, signal)
    }
  }

  async #keep(hashes: FinishedHashes): Promise<void> {
    const { records } = this.#parts
    await this.#draft.seal(hashes.digest)
    const { digest, sha512, sha1, sizeBytes } = hashes
    records.noteTarball({ digest, sha512, sha1, sizeBytes, isPrivate: this.#wanted.source.isPrivate }, this.#wanted.release)
  }
}

const refusalOfTarball = (host: string, name: string, status: number): GgenError => {
  if (status === 404 || status === 410) return new GgenError('package-not-found', `${host} has no archive of ${name}`)
  if (status === 401 || status === 403) return new GgenError('denied', `${host} does not give ${name} (${status})`, { hint: 'check your npm configuration' })
  return new GgenError('registry-failed', `${host} says ${status} to ${name}`)
}
