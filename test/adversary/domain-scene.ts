import type { TestContext } from 'node:test'
import type { IdentityId, PackageName } from '#core'
import { DomainProofs } from '#flow/prove'
import { memoryTrustStore } from '#store'
import type { DomainVerdict } from '#domains'
import type { IdentityView } from '#trust'
import { openDomainRecords } from '#domains/web'
import { TestClock, type TestDomains } from '#testing'

export const DAY = 24 * 3_600_000

/** Somebody's node, with a memory and a clock of its own, who asks real name servers and web servers. */
export interface DomainClient {
  readonly clock: TestClock
  pin(name: PackageName, identity: IdentityId): void
  prove(name: PackageName, view: IdentityView): Promise<DomainVerdict>
}

/** What the client believes about domains comes from these servers and nowhere else. */
export const domainClient = (domains: TestDomains, context: TestContext): DomainClient => {
  const [clock, store] = [new TestClock(), memoryTrustStore()]
  const proofs = new DomainProofs({ records: openDomainRecords(domains.access), store, clock })
  context.after(() => proofs[Symbol.dispose]())
  return {
    clock,
    pin: (name, identity) => store.putPin({ name, identity, since: clock.now(), how: 'first-use' }),
    prove: (name, view) => proofs.prove(name, view, new AbortController().signal),
  }
}
