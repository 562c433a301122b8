import { maxSatisfying, validRange } from 'semver'
import { type Clock, GgenError, isGgenError, NPM_LIMITS, type Sha512 } from '#core'
import {
  type Integrity, isNpmVersion, type NpmName, type NpmSpec, parseIntegrity, parseRegistryKeys, parseShasum, scopeOf, sha512Of, shasumIn,
  verifyVersion, type VersionSignature, type VersionVerdict,
} from '#npm'
import type { BlobStore, NpmRecords } from '#store'
import type { Documents } from './documents.ts'
import { knownDocument, knownTag, knownVersions } from './known-versions.ts'
import { type ProbeFacts, type ProbedUpstream, type ProbeVerdict, verdictOf } from './probe-verdict.ts'
import { bytesOf, packagePath, type Source, type Sources } from './source.ts'
import type { SourceKeys } from './source-keys.ts'
import type { Team } from './team.ts'

export interface ProbeParts {
  readonly sources: Sources
  readonly records: NpmRecords
  readonly blobs: BlobStore
  readonly clock: Clock
  readonly documents: Pick<Documents, 'get'>
  readonly team: Pick<Team, 'survey'>
  readonly keys: Pick<SourceKeys, 'of'>
}

/** Where a package would come from, and why. */
export interface Probe extends ProbeFacts {
  readonly verdict: ProbeVerdict
}

/** What an upstream says of one version. */
interface Manifest {
  readonly version: string
  readonly integrity?: Integrity
  /** As it stands there. */
  readonly signedIntegrity?: string
  readonly signatures: readonly VersionSignature[]
}

const NO_KEYS = '{"keys":[]}'

const fields = (value: unknown): Readonly<Record<string, unknown>> => Object(value) as Readonly<Record<string, unknown>>

const integrityIn = ({ integrity, shasum }: Readonly<Record<string, unknown>>): Integrity | undefined => {
  try {
    return typeof integrity === 'string' ? parseIntegrity(integrity) : typeof shasum === 'string' ? parseShasum(shasum) : undefined
  } catch (error) {
    if (error instanceof GgenError) return undefined
    throw error
  }
}

const manifestIn = (json: string): Manifest | undefined => {
  let manifest: unknown
  try {
    manifest = JSON.parse(json)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
  const { version, dist } = fields(manifest)
  if (typeof version !== 'string') return undefined
  const said = fields(dist)
  const integrity = integrityIn(said)
  const signatures = Array.isArray(said['signatures']) ? (said['signatures'] as readonly unknown[]).map(fields) : []
  return {
    version, ...(integrity !== undefined && { integrity }), ...(typeof said['integrity'] === 'string' && { signedIntegrity: said['integrity'] }),
    signatures: signatures.flatMap(({ keyid, sig }) => (typeof keyid === 'string' && typeof sig === 'string' ? [{ keyid, sig }] : [])),
  }
}

/** Looks where a package would come from: at this disk, at the peers, at its registry, which is asked one small question. Brings no archive. */
export class Prober {
  readonly #parts: ProbeParts
  constructor(parts: ProbeParts) {
    this.#parts = parts
  }

  /** Throws the reason of an aborted signal and `store-broken`; what nobody answers is part of the result. */
  async probe({ name, wanted }: NpmSpec, signal: AbortSignal): Promise<Probe> {
    const { sources, records, clock } = this.#parts
    const source = sources.of(name)
    const known = knownDocument(records, source.id, name)
    const scope = scopeOf(name)
    const by = scope !== undefined && sources.scopes().has(scope) ? 'scope' : 'registry'
    const { upstream, manifest } = await this.#askUpstream(source, { name, wanted }, signal)
    const version = manifest?.version ?? (await this.#knownVersion(source, { name, wanted }))
    const integrity = version === undefined ? undefined : manifest?.integrity ?? this.#knownIntegrity(source, name, version)
    const sha512 = integrity === undefined ? undefined : this.#sha512Of(integrity)
    const sizeBytes = sha512 === undefined ? undefined : await this.#heldBytes(sha512)
    const facts: ProbeFacts = {
      name, wanted,
      route: { upstream: source.id, by, ...(scope !== undefined && { scope }), isPrivate: source.isPrivate },
      ...(known !== undefined && {
        document: {
          kind: known.kind, ageMs: Math.max(0, clock.now() - known.head.checkedAt), freshMs: known.head.freshMs, isSigned: known.head.isSigned,
        },
      }),
      upstream,
      ...(version !== undefined && { version }),
      ...(integrity !== undefined && { integrity }),
      ...(sizeBytes !== undefined && { disk: { sizeBytes } }),
      peers: sha512 === undefined ? [] : await this.#parts.team.survey(sha512, signal),
      signatures: await this.#signatures(source, name, { manifest, signal }),
    }
    return { ...facts, verdict: verdictOf(facts) }
  }

  /** What it costs least to ask: the manifest of one version. A range needs the versions first. */
  async #askUpstream(source: Source, { name, wanted }: NpmSpec, signal: AbortSignal): Promise<{
    readonly upstream: ProbedUpstream
    readonly manifest?: Manifest
  }> {
    const { clock } = this.#parts
    if (source.refusal !== undefined) return { upstream: { state: 'left-alone', why: source.refusal.message } }
    const began = clock.monotonic()
    try {
      const which = await this.#versionOrTag(source, { name, wanted }, signal)
      if (which === undefined) return { upstream: { state: 'answers', ms: clock.monotonic() - began } }
      const path = `${packagePath(name)}/${encodeURIComponent(which)}`
      const answer = await source.ask({ method: 'GET', path, headers: { accept: 'application/json' } }, signal)
      const ms = clock.monotonic() - began
      if (answer.status === 200) {
        const manifest = manifestIn((await bytesOf(answer, NPM_LIMITS.manifestBytes)).toString('utf8'))
        return { upstream: { state: 'answers', ms }, ...(manifest !== undefined && { manifest }) }
      }
      answer.cancel()
      const state = answer.status === 404 || answer.status === 410 ? 'has-not' : answer.status === 401 || answer.status === 403 ? 'denies' : 'fails'
      return { upstream: { state, ms, why: `it says ${answer.status}` } }
    } catch (error) {
      signal.throwIfAborted()
      if (!isGgenError(error) || error.code === 'internal') throw error
      const state = error.code === 'package-not-found' ? 'has-not' : error.code === 'denied' ? 'denies' : 'fails'
      return { upstream: { state, ms: clock.monotonic() - began, why: error.message } }
    }
  }

  /** `undefined`: no version suits. */
  async #versionOrTag(source: Source, { name, wanted }: NpmSpec, signal: AbortSignal): Promise<string | undefined> {
    if (isNpmVersion(wanted) || validRange(wanted) === null) return wanted
    const { records, documents } = this.#parts
    if (knownDocument(records, source.id, name) === undefined) {
      await documents.get(source, { name, isAbbreviated: true, tarballsAt: 'upstream', wantsNews: false, acceptsBrotli: false }, signal)
    }
    return maxSatisfying([...knownVersions(records, source.id, name).keys()], wanted) ?? undefined
  }

  /** What is here says which version it is. */
  async #knownVersion({ id: source }: Source, { name, wanted }: NpmSpec): Promise<string | undefined> {
    const { records } = this.#parts
    if (isNpmVersion(wanted)) {
      const isKnown = records.release(source, name, wanted) !== undefined || knownVersions(records, source, name).has(wanted)
      return isKnown ? wanted : undefined
    }
    if (validRange(wanted) === null) return await knownTag(records, { source, name, tag: wanted })
    return maxSatisfying([...knownVersions(records, source, name).keys()], wanted) ?? undefined
  }

  #knownIntegrity({ id: source }: Source, name: NpmName, version: string): Integrity | undefined {
    const { records } = this.#parts
    const { sha512 } = records.release(source, name, version) ?? {}
    if (sha512 !== undefined) return parseIntegrity(`sha512-${Buffer.from(sha512, 'hex').toString('base64')}`)
    return knownVersions(records, source, name).get(version)?.integrity
  }

  #sha512Of(integrity: Integrity): Sha512 | undefined {
    const sha1 = shasumIn(integrity)
    return sha512Of(integrity) ?? (sha1 === undefined ? undefined : this.#parts.records.sha512Of(sha1))
  }

  async #heldBytes(sha512: Sha512): Promise<number | undefined> {
    const { records, blobs } = this.#parts
    const known = records.tarball(sha512)
    return known !== undefined && (await blobs.size(known.digest)) === known.sizeBytes ? known.sizeBytes : undefined
  }

  /** Whether the registry signed what it says now. */
  async #signatures(
    source: Source, name: NpmName, { manifest, signal }: { readonly manifest: Manifest | undefined; readonly signal: AbortSignal },
  ): Promise<VersionVerdict | 'unchecked'> {
    if (manifest === undefined) return 'unchecked'
    const { version, signedIntegrity: integrity, signatures } = manifest
    if (signatures.length === 0) return 'unsigned'
    if (integrity === undefined || !isNpmVersion(version)) return 'unchecked'
    const keys = parseRegistryKeys((await this.#parts.keys.of(source, signal))?.text ?? NO_KEYS)
    return keys.length === 0 ? 'unchecked' : verifyVersion({ name, version, integrity, signatures }, keys)
  }
}
