import { isPackageName, LIMITS } from '#core'
import type { Catalogue, CatalogueEntry } from '#store'
import type { PackageKey, SeedPolicy } from './seed-policy.ts'

/**
 * The newest acceptable release of every wanted package among those that the policy may mean, at most `LIMITS.seedQueue` in all: what a node that
 * was away looks through. At most as many of each prefix are looked at, so that the work stays small however large the catalogue is.
 */
export const followedEntries = (catalogue: Catalogue, policy: SeedPolicy, isWanted: (key: PackageKey) => boolean): readonly CatalogueEntry[] => {
  if (policy.all) return catalogue.newestEntries(LIMITS.seedQueue)
  const found = new Map<string, CatalogueEntry>()
  for (const entry of candidates(catalogue, policy)) {
    if (found.size >= LIMITS.seedQueue) break
    if (isWanted(entry)) found.set(`${entry.identity} ${entry.name}`, entry)
  }
  return [...found.values()]
}

function* candidates(catalogue: Catalogue, { globs, identities }: SeedPolicy): Generator<CatalogueEntry> {
  for (const glob of globs) {
    if (isPackageName(glob)) yield* catalogue.entriesNamed(glob)
    else yield* catalogue.entriesUnder(glob.slice(0, -'*'.length), LIMITS.searchCandidates)
  }
  for (const identity of identities) {
    for (const name of catalogue.namesOf(identity).slice(0, LIMITS.seedQueue)) yield* catalogue.entriesNamed(name)
  }
}
