import type { AdvisoryBody, EndorseBody, GenesisOp, IdentityId, OpinionOp, PackageName, Version } from '#core'
import { encodePayload, openOp, signPayload } from '#trust'
import { type Scenario, scenario } from './scenario.ts'
import { genesis, keyOf, NAME, NOW, roles } from './story.ts'
import { testKey } from './test-keys.ts'

const g = genesis()
const [eve, bob] = [genesis({ need: 2 }), genesis({ human: 1 })].map(({ identity }) => identity) as [IdentityId, IdentityId]

interface Said {
  readonly at: number
  readonly by?: number
  readonly roles?: GenesisOp
  readonly cosigners?: readonly number[]
}

const endorse = (body: Partial<EndorseBody> & Pick<EndorseBody, 'level'>, { at, by = 4, roles: named = g, cosigners = [] }: Said): OpinionOp =>
  openOp(signPayload(encodePayload({
    type: 'endorse', identity: named.identity, key: keyOf(by), at: NOW + at, seq: 0, body: { roles: named.id, target: eve, names: [], ...body },
  }), [by, ...cosigners].map(testKey))) as OpinionOp

const advise = (body: Partial<AdvisoryBody>, { at, by = 4 }: Said): OpinionOp =>
  openOp(signPayload(encodePayload({
    type: 'advisory', identity: g.identity, key: keyOf(by), at: NOW + at, seq: 0,
    body: { roles: g.id, target: bob, name: NAME, range: '<1.2.3', severity: 'high', ...body },
  }), [by].map(testKey))) as OpinionOp

const revoke = roles(g, { release: [{ key: keyOf(5), names: ['*'] }], revoked: [{ key: keyOf(4), feeds: [] }] }, [0, 1])

/** What a publisher says of others: what counts, and what is taken back. */
export const opinionScenarios = (): readonly Scenario[] => [
  scenario('opinions', 'a publisher warns of one and vouches for another', {
    identity: g.identity,
    ops: {
      g,
      revoke,
      block: endorse({ level: 'block', why: 'malware' }, { at: 1 }),
      vouch: endorse({ level: 'vouch', names: [NAME, 'other' as PackageName] }, { at: 2 }),
      none: endorse({ level: 'none' }, { at: 3 }),
      old: endorse({ level: 'block', expires: NOW + 50 }, { at: 4 }),
      narrow: endorse({ level: 'block' }, { at: 5, by: 5 }),
      high: advise({ ref: 'https://example.com/1', fix: '1.2.3' as Version }, { at: 1 }),
      higher: advise({ severity: 'critical' }, { at: 2 }),
      other: advise({ range: '2.0.0', severity: 'low' }, { at: 2 }),
      undone: advise({ severity: 'none' }, { at: 3 }),
    },
    cases: [
      { description: 'everything of a publisher', ops: ['g', 'block'] },
      { description: 'some names differ from the rest', ops: ['g', 'block', 'vouch'] },
      { description: 'taken back', ops: ['g', 'block', 'none'] },
      { description: 'expired', ops: ['g', 'block', 'old'] },
      { description: 'a key for some names only', ops: ['g', 'narrow'] },
      { description: 'advisories of two ranges, one of them made worse', ops: ['g', 'high', 'higher', 'other'] },
      { description: 'an advisory that is taken back', ops: ['g', 'high', 'undone', 'other'] },
      { description: 'a revoked key', ops: ['g', 'revoke', 'block', 'high'] },
    ],
  }),
]
