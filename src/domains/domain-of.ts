import { parse } from 'tldts'
import type { PackageName } from '#core'

const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/

/**
 * The domain that somebody registered, of a host name in lower case: `ggen.io` of `www.ggen.io`, `alice.github.io` of itself, because
 * the public-suffix list names `github.io` as a place where strangers have names side by side. `undefined` for IP addresses, for suffixes
 * themselves, and for endings that the list does not know.
 */
export const registrableDomain = (host: string): string | undefined => {
  if (!HOST.test(host)) return undefined
  const { domain, isIcann, isPrivate } = parse(host, { allowPrivateDomains: true, extractHostname: false })
  return domain !== null && (isIcann === true || isPrivate === true) ? domain : undefined
}

/** The domain that a reverse-DNS name belongs to: `ggen.io` for `io.ggen.rust.cli`. Names with a scope or a namespace, and plain ones, belong to none. */
export const domainOf = (name: PackageName): string | undefined =>
  name.includes('/') || !name.includes('.') ? undefined : registrableDomain(name.split('.').toReversed().join('.'))
