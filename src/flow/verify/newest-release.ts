import type { Version } from '#core'
import type { PackageLedger, ReleaseFacts, ReleaseView, StatusFacts } from '#trust'
import { compare, prerelease } from 'semver'

type Ledger = Pick<PackageLedger<ReleaseFacts, StatusFacts>, 'takeChanged' | 'slots' | 'standing' | 'release'>

/**
 * The release that search shows and that `install NAME` takes: the newest stable one that stands, else the newest pre-release. Follows a ledger: only what
 * has changed since it was asked last is looked at, and everything when the newest one stands no more.
 */
export class NewestRelease {
  readonly #ledger: Ledger
  #slot: Version | undefined

  constructor(ledger: Ledger) {
    this.#ledger = ledger
  }

  get(): ReleaseView<ReleaseFacts> | undefined {
    const changed = this.#ledger.takeChanged()
    const stands = this.#slot !== undefined && this.#stands(this.#slot)
    if (!stands) this.#slot = undefined
    for (const slot of stands ? changed : this.#ledger.slots()) {
      if (this.#stands(slot) && (this.#slot === undefined || isBefore(this.#slot, slot))) this.#slot = slot
    }
    return this.#slot === undefined ? undefined : this.#ledger.release(this.#slot)
  }

  #stands(slot: Version): boolean {
    const standing = this.#ledger.standing(slot)
    return standing === 'live' || standing === 'deprecated'
  }
}

const isBefore = (a: Version, b: Version): boolean => {
  const [early, other] = [prerelease(a) !== null, prerelease(b) !== null]
  return early === other ? compare(a, b) < 0 : early
}
