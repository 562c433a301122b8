import { GgenError, isGgenError, LIMITS, type PackageSpec } from '#core'
import { chooseIdentity, pickRelease } from '#flow/resolve'
import { type ParsedQuery, parseQuery } from '#flow/search'
import type { PackageViews } from '#flow/verify'
import type { Network } from '#network'
import type { Catalogue, TrustStore } from '#store'
import type { PackageView, ReleaseView } from '#trust'

export interface LookupParts {
  readonly trust: TrustStore
  readonly catalogue: Catalogue
  readonly network: Network
  readonly views: PackageViews
  /** Brings what peers know of a query into the catalogue. */
  readonly askPeers: (query: ParsedQuery, signal: AbortSignal) => Promise<unknown>
}

/** The release that a spec means, and all that is known of its package. */
export interface Found {
  readonly view: PackageView
  readonly chosen: ReleaseView
}

/**
 * Looks here first; where nothing fits, asks peers once and looks again. Throws `package-not-found`, `version-not-found`, `name-contested`,
 * `disputed`, `range-invalid`.
 */
export const findRelease = async (parts: LookupParts, spec: PackageSpec, signal: AbortSignal): Promise<Found> => {
  try {
    return findLocally(parts, spec)
  } catch (error) {
    const unknown = isGgenError(error, 'package-not-found') || isGgenError(error, 'version-not-found')
    if (!unknown || parts.network.peers().length === 0) throw error
  }
  await parts.askPeers(parseQuery({ words: [spec.name], limit: LIMITS.searchAnswerHits }), signal)
  return findLocally(parts, spec)
}

const findLocally = ({ trust, catalogue, views }: LookupParts, spec: PackageSpec): Found => {
  const identity = chooseIdentity(spec, { pinned: trust.pin(spec.name)?.identity, claimed: catalogue.claimants(spec.name) })
  const view = identity === undefined ? undefined : views.package(identity, spec.name)
  if (view === undefined || view.releases.size === 0) throw new GgenError('package-not-found', `nobody here knows a package named ${spec.name}`)
  return { view, chosen: pickRelease(view, spec.range) }
}
