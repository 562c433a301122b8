import { GgenError, type IdentityId, isGgenError, type PackageName } from '#core'
import type { FetchReply } from '#doors/control'
import type { LockedPackage } from '#flow/install'
import { atOnce } from './at-once.ts'
import type { Context } from './context.ts'
import type { Asked } from './whom-to-ask.ts'

/** Archives that are brought at a time. */
const FETCHED_AT_ONCE = 8

/** How packages are brought, and what was decided about them. */
export interface FetchWish extends Asked {
  /** What the lock of the project names already: it is a pin. */
  readonly pinned: ReadonlyMap<PackageName, IdentityId>
  /** The publishers that the user chose. */
  readonly trust: ReadonlyMap<PackageName, IdentityId>
  readonly acceptDowngrade?: boolean
  readonly acceptAdvisory?: boolean
  readonly offline?: boolean
}

/** What an archive that is not here fails with. */
const ABSENT: ReadonlySet<string> = new Set(['blob-not-found', 'no-holder'])

/**
 * Brings the archives of packages into the node's store, several at a time; resolves to what the node says of each. Throws what the node throws,
 * `integrity` where it brings another archive, and names all that are nowhere in one error.
 */
export const fetchPackages = async (packages: readonly LockedPackage[], wish: FetchWish, context: Context): Promise<ReadonlyMap<PackageName, FetchReply>> => {
  const fetched = new Map<PackageName, FetchReply>()
  const absent: { readonly locked: LockedPackage; readonly error: GgenError }[] = []
  await atOnce(packages, { width: FETCHED_AT_ONCE, signal: context.deadline.signal }, async (locked, signal) => {
    try {
      fetched.set(locked.name, await fetchOne(locked, { wish, isAlone: packages.length === 1, context, signal }))
    } catch (error) {
      if (!isGgenError(error) || !ABSENT.has(error.code)) throw error
      absent.push({ locked, error })
    }
  })
  throwAbsent(absent)
  return fetched
}

interface Fetching {
  readonly wish: FetchWish
  readonly isAlone: boolean
  readonly context: Context
  readonly signal: AbortSignal
}

const fetchOne = async (locked: LockedPackage, { wish, isAlone, context, signal }: Fetching): Promise<FetchReply> => {
  const { name, version, source, digest, sizeBytes } = locked
  const { pinned, trust, ...decided } = wish
  const [pin, chosen] = [pinned.get(name), trust.get(name)]
  const vouched = source === undefined ? {} : { vouched: { source, digest, sizeBytes } }
  const said = { ...(chosen !== undefined && { trust: chosen }), ...(pin !== undefined && { locked: pin }), ...vouched }
  const question = { spec: `${name}@${version}`, ...said, ...decided }
  const reply = isAlone
    ? await context.watchFetch(name, (onProgress) => context.client.fetch(question, signal, onProgress))
    : await context.client.fetch(question, signal)
  if (reply.digest === digest) return reply
  throw new GgenError('integrity', `${name}@${version} should be ${digest}, and is ${reply.digest}`, {
    details: { name, version, expected: digest, found: reply.digest },
  })
}

const throwAbsent = (absent: readonly { readonly locked: LockedPackage; readonly error: GgenError }[]): void => {
  const [first, ...others] = absent
  if (first === undefined) return
  if (others.length === 0) throw first.error
  const specs = absent.map(({ locked: { name, version } }) => `${name}@${version}`).toSorted()
  throw new GgenError(first.error.code, `${specs.length} archives cannot be had: ${specs.join(', ')}`, { cause: first.error, details: { packages: specs } })
}
