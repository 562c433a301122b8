/** A program that asks: `npm`, `pnpm`, `yarn`, `bun`, or the first word of what it calls itself. */
export type ClientName = string

const NAMED = /^([A-Za-z][A-Za-z0-9._-]{0,31})\//
/** What yarn 4 calls itself. */
const GOT = /^got\b/

/** Who asks, by its `User-Agent`. */
export const clientOf = (userAgent: string | undefined): ClientName => {
  if (userAgent === undefined || GOT.test(userAgent)) return 'yarn'
  return NAMED.exec(userAgent)?.[1]?.toLowerCase() ?? 'other'
}

/** Which run of npm asks: all its requests have the same word. */
export const sessionOf = (header: string | readonly string[] | undefined): string | undefined =>
  typeof header === 'string' && /^[\w-]{1,64}$/.test(header) ? header : undefined

/**
 * Whether a client takes the archives from the registry that it is configured with, whatever address a document gives: only npm does. It gets the addresses of
 * the upstream, and its lock files stay as they would be without us; the others would go there.
 */
export const keepsToItsRegistry = (client: ClientName): boolean => client === 'npm'
