import { GgenError, type PackageName, type Version } from '#core'
import { changedUpstream, whyNotOffered } from '#foreign'
import { prerelease, satisfies } from 'semver'
import { bringVouched, describeVouched, type VouchedParts, type WantedBytes } from './bring-vouched.ts'
import type { FetchedVouched, WantedVouched } from './vouched.ts'
import { noteSeen } from './vouched-options.ts'
import { type NamedVouched, openingOf, type Vouching } from './vouching.ts'

/** A version that somebody else chose. */
export interface ChosenVouched extends WantedVouched {
  readonly name: PackageName
  readonly version: Version
}

type Parts = VouchedParts & { readonly vouching: Vouching }

/** How an archive may come: offline it is here, or it does not. */
interface Manner {
  readonly isOffline: boolean
  readonly signal: AbortSignal
}

/** Brings the archive that a lock or a plan names: from the index that is asked, where that still names the same bytes, else from peers. */
export const fetchChosen = async (chosen: ChosenVouched, parts: Parts, { isOffline, signal }: Manner): Promise<FetchedVouched> => {
  const { name, version, source, digest } = chosen
  const { vouching } = parts
  const named = isOffline ? undefined : await vouching.named(name, {}, signal)
  const said = named?.registry.name === source ? named.foreign.versions.find((one) => one.version === version) : undefined
  const isSame = said?.digest === digest
  const from = named !== undefined && said !== undefined && isSame ? { from: openingOf(named, name, { ...said, digest }) } : {}
  const whyNot = said?.digest === undefined || isSame ? gone(chosen, vouching) : changedUpstream(name, version, [digest, said.digest])
  const { sizeBytes } = chosen
  const wanted = { name, version: { version, digest, ...(sizeBytes !== undefined && { sizeBytes }) }, ...from, whyNot }
  return await bring(wanted, source, { ...parts, isOffline, signal })
}

/** Brings the newest version of a package of an index in a range. Throws why there is none. */
export const fetchNewest = async (named: NamedVouched, range: string | undefined, { isOffline, signal, ...parts }: Parts & Manner): Promise<FetchedVouched> => {
  const { offered, registry, foreign: { name } } = named
  const version = newestOf(offered.vouched, range)
  if (version === undefined) throw whyNotOffered(offered, range)
  const from = isOffline ? {} : { from: openingOf(named, name, version) }
  const fetched = await bring({ name, version, ...from, whyNot: notHere(name, version.version) }, registry.name, { ...parts, isOffline, signal })
  await noteSeen(named, version, parts.clock)
  return fetched
}

/** A release rather than a pre-release, unless one is asked for. */
export const newestOf = <V extends { readonly version: Version }>(versions: readonly V[], range: string | undefined): V | undefined => {
  const isAny = range === undefined || range === '*' || range === 'latest'
  const fitting = versions.filter(({ version }) => isAny || version === range || satisfies(version, range))
  return fitting.find(({ version }) => prerelease(version) === null) ?? fitting[0]
}

const bring = async (wanted: WantedBytes, source: string, { vouching, isOffline, signal, ...parts }: Parts & Manner): Promise<FetchedVouched> => {
  const { name, version: { version, digest } } = wanted
  const peers = isOffline ? undefined : vouching.peersFor(name)
  const { sources, resumedBytes, wastedBytes, durationMs } = await bringVouched(parts, { ...wanted, ...(peers !== undefined && { peers }) }, signal)
  const { fingerprint: { sha512, sizeBytes } } = await describeVouched(parts.blobs, { name, version, digest }, signal)
  return { name, version, source, digest, sha512, sizeBytes, sources, resumedBytes, wastedBytes, durationMs }
}

const gone = ({ name, version, source }: ChosenVouched, { cause }: Vouching): GgenError => {
  const why = cause === undefined ? '' : ` (${cause.registry}: ${cause.error.message})`
  return new GgenError('no-holder', `the archive of ${name}@${version} is not here, and ${source}, which vouches for it, does not give it${why}`, {
    hint: 'name that index where it is: ggen install --registry ADDRESS', details: { name, version, source },
  })
}

const notHere = (name: PackageName, version: Version): GgenError =>
  new GgenError('blob-not-found', `the archive of ${name}@${version} is not here`, { details: { name, version } })
