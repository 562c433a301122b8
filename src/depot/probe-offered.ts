import { maxSatisfying, validRange } from 'semver'
import { type Clock, isGgenError } from '#core'
import { integrityOfHashes, type NpmSpec } from '#npm'
import type { BlobStore } from '#store'
import type { Market, MarketPackage } from './market.ts'
import { networkName } from './market-documents.ts'
import type { Probe } from './probe.ts'
import { type ProbeFacts, verdictOf } from './probe-verdict.ts'

export interface ProbeOfferedParts {
  readonly market: Pick<Market, 'of'>
  readonly blobs: Pick<BlobStore, 'size'>
  readonly clock: Clock
}

const choose = ({ releases, tags }: MarketPackage, wanted: string): MarketPackage['releases'][number] | undefined => {
  const versions = releases.map(({ release }) => release.body.version)
  const range = wanted === 'latest' ? '*' : validRange(wanted)
  const version = tags.get(wanted) ?? (range === null ? null : maxSatisfying(versions, range))
  return releases.find(({ release }) => release.body.version === version)
}

/** Where a package of the network would come from; no registry is asked for its name. Throws the reason of an aborted signal. */
export const probeOffered = async ({ market, blobs, clock }: ProbeOfferedParts, { name, wanted }: NpmSpec, signal: AbortSignal): Promise<Probe> => {
  const began = clock.monotonic()
  const facts = async (): Promise<Pick<ProbeFacts, 'upstream' | 'version' | 'integrity' | 'disk' | 'signatures'>> => {
    try {
      const chosen = choose(await market.of(networkName(name), signal), wanted)
      const upstream = { state: 'answers', ms: clock.monotonic() - began } as const
      if (chosen === undefined) return { upstream, signatures: 'unchecked' }
      const { version, artifact: { digest, sha512, sizeBytes } } = chosen.release.body
      const isHere = (await blobs.size(digest)) === sizeBytes
      return { upstream, version, integrity: integrityOfHashes({ sha512 }), ...(isHere && { disk: { sizeBytes } }), signatures: 'verified' }
    } catch (error) {
      signal.throwIfAborted()
      if (!isGgenError(error) || error.code === 'internal') throw error
      const state = error.code === 'package-not-found' || error.code === 'name-invalid' ? 'has-not' : 'denies'
      return { upstream: { state, ms: clock.monotonic() - began, why: error.message }, signatures: 'unchecked' }
    }
  }
  const whole: ProbeFacts = { name, wanted, route: { by: 'network', isPrivate: false }, peers: [], ...(await facts()) }
  return { ...whole, verdict: verdictOf(whole) }
}
