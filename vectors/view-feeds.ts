import type { ReleaseKey } from '#core'
import { type Scenario, scenario } from './scenario.ts'
import { genesis, keyOf, NOW, release, roles, status } from './story.ts'

const g = genesis()
const identity = g.identity
const r1 = release({ roles: g, key: 4 }, '1.0.0', 'a')
const r2 = release({ roles: g, key: 4, prev: r1 }, '1.1.0', 'b')
const r3 = release({ roles: g, key: 4, prev: r2 }, '1.2.0', 'c')

const authority = (): Scenario[] => [
  scenario('plain', 'two releases of one feed', {
    identity,
    ops: { g, r1, r2, r3 },
    cases: [
      { description: 'both are live', ops: ['g', 'r1', 'r2'] },
      { description: 'a feed with a gap ends before it', ops: ['g', 'r1', 'r3'] },
      { description: 'ops without a genesis are nothing', ops: ['r1', 'r2'] },
    ],
  }),
  scenario('unauthorised-key', 'a key without a role is ignored', {
    identity,
    ops: { g, r1, stranger: release({ roles: g, key: 6 }, '9.9.9', 'evil') },
    cases: [{ description: 'its release does not exist', ops: ['g', 'r1', 'stranger'] }],
  }),
  scenario('name-scope', 'a key may use its names only', {
    identity,
    ops: {
      g,
      other: release({ roles: g, key: 5, name: 'other.pkg' }, '1.0.0', 'x'),
      prefix: release({ roles: g, key: 5, name: 'io.ggen.rust' }, '1.0.0', 'x'),
      similar: release({ roles: g, key: 5, name: 'io.ggen.rusty.cli' }, '1.0.0', 'x'),
      namespace: release({ roles: g, key: 5, name: 'io.ggen.rust.x/y' }, '1.0.0', 'x'),
      below: release({ roles: g, key: 5, name: 'io.ggen.rust.x.y' }, '1.0.0', 'x'),
    },
    cases: [{ description: 'only the name below the prefix counts', ops: ['g', 'other', 'prefix', 'similar', 'namespace', 'below'] }],
  }),
  scenario('foreign-identity', 'ops of another identity are ignored', {
    identity,
    ops: { g, r1, foreign: release({ roles: genesis({ need: 2 }), key: 4 }, '9.0.0', 'x') },
    cases: [{ description: 'the same key under another identity says nothing here', ops: ['g', 'r1', 'foreign'] }],
  }),
]

const thresholds = (): Scenario[] => {
  const both = roles(g, { need: 2, release: [4, 5].map((n) => ({ key: keyOf(n), names: ['*'] })) }, [0, 1])
  const narrow = roles(g, { need: 2, release: [{ key: keyOf(4), names: ['*'] }, { key: keyOf(5), names: ['other.*'] }] }, [0, 1])
  const by = (cosigners: readonly number[]) => release({ roles: both, key: 4, cosigners }, '3.0.0', 'x')
  return [
    scenario('threshold', 'two of two release keys', {
      identity,
      ops: { both, g, half: by([]), full: by([5]), stranger: by([6]) },
      cases: [
        { description: 'one signature is not enough', ops: ['g', 'both', 'half'] },
        { description: 'two are', ops: ['g', 'both', 'full'] },
        { description: 'a stranger does not count', ops: ['g', 'both', 'stranger'] },
      ],
    }),
    scenario('partial-signatures', 'one payload with several signature sets is one op, never a fork', {
      identity,
      ops: { both, g, half: by([]), full: by([5]), stranger: by([6]) },
      cases: [
        { description: 'half, then full', ops: ['g', 'both', 'half', 'full'] },
        { description: 'full, then half', ops: ['g', 'both', 'full', 'half'] },
        { description: 'half twice, then full', ops: ['g', 'both', 'half', 'half', 'full'] },
        { description: 'a stranger in between', ops: ['g', 'both', 'half', 'stranger', 'full'] },
      ],
    }),
    scenario('threshold-counts-names', 'only keys that may use the name count towards the threshold', {
      identity,
      ops: { g, narrow, cosigned: release({ roles: narrow, key: 4, cosigners: [5] }, '1.0.0', 'x') },
      cases: [{ description: 'the second key may not use this name', ops: ['g', 'narrow', 'cosigned'] }],
    }),
  ]
}

const conditions = (): Scenario[] => {
  const human = roles(g, { need: 1, human: 1, release: [{ key: keyOf(4), names: ['*'], auto: true }, { key: keyOf(5), names: ['*'] }] }, [0, 1])
  const until = (n: number, seconds: number): ReleaseKey => ({ key: keyOf(n), names: ['*'], expires: NOW + seconds })
  const expiring = roles(g, { need: 2, release: [until(4, 10), until(5, 20)] }, [0, 1])
  const at = (seconds: number) => release({ roles: expiring, key: 4, cosigners: [5], at: NOW + seconds }, '1.0.0', 'x')
  const next = roles(g, {}, [0, 1])
  const first = release({ roles: next, key: 4 }, '1.0.0', 'x')
  const back = release({ roles: g, key: 4, prev: first }, '1.0.1', 'y')
  return [
    scenario('human', 'a key held by a machine never counts as the person who must sign', {
      identity,
      ops: {
        g, human,
        machine: release({ roles: human, key: 4 }, '1.0.0', 'x'),
        approved: release({ roles: human, key: 4, cosigners: [5] }, '1.0.0', 'x'),
        person: release({ roles: human, key: 5 }, '2.0.0', 'y'),
      },
      cases: [
        { description: 'the machine alone publishes nothing', ops: ['g', 'human', 'machine'] },
        { description: 'with a person’s signature it does', ops: ['g', 'human', 'machine', 'approved'] },
        { description: 'a person alone does', ops: ['g', 'human', 'person'] },
      ],
    }),
    scenario('expired-key', 'a key that expired before the op does not count', {
      identity,
      ops: { g, expiring, inTime: at(10), cosignerOnly: at(11), neither: at(21) },
      cases: [
        { description: 'at the last second it counts', ops: ['g', 'expiring', 'inTime'] },
        { description: 'a second later the feed’s key has expired', ops: ['g', 'expiring', 'cosignerOnly'] },
        { description: 'then both have', ops: ['g', 'expiring', 'neither'] },
      ],
    }),
    scenario('older-roles', 'inside one feed roles only move forward', {
      identity,
      ops: { g, next, first, back, on: release({ roles: next, key: 4, prev: first }, '1.0.2', 'z') },
      cases: [
        { description: 'an op under older roles does not follow', ops: ['g', 'next', 'first', 'back'] },
        { description: 'and does not make a fork', ops: ['g', 'next', 'first', 'back', 'on'] },
        { description: 'roles that are not known yet: the op waits', ops: ['g', 'first'] },
      ],
    }),
  ]
}

const conflicts = (): Scenario[] => {
  const fork = release({ roles: g, key: 4, prev: r1 }, '1.1.0', 'EVIL')
  const firstFork = release({ roles: g, key: 4 }, '1.0.0', 'EVIL')
  const otherSlot = release({ roles: g, key: 4, prev: r1 }, '1.3.0', 'd')
  const sameBytes = release({ roles: g, key: 4, prev: r1, at: NOW + 1 }, '1.1.0', 'b')
  const second = (version: string, content: string, at = NOW) => release({ roles: g, key: 5, at }, version, content)
  return [
    scenario('two-maintainers', 'two keys publish at the same time without a fork', {
      identity,
      ops: { g, r1, other: second('1.0.1', 'c') },
      cases: [{ description: 'both releases are live', ops: ['g', 'r1', 'other'] }],
    }),
    scenario('disputed', 'two keys give one version different bytes: that version alone is disputed', {
      identity,
      ops: {
        g, r1, r2,
        other: second('1.0.0', 'zzz'),
        build: second('1.0.0+linux', 'zzz'),
        same: second('1.0.0', 'a', NOW - 1),
        sameBuild: second('1.0.0+linux', 'a'),
      },
      cases: [
        { description: 'the next version is live', ops: ['g', 'r1', 'other', 'r2'] },
        { description: 'build metadata does not make another version', ops: ['g', 'r1', 'build'] },
        { description: 'the same bytes twice are no dispute; the earlier op is chosen', ops: ['g', 'r1', 'same'] },
        { description: 'nor under other build metadata', ops: ['g', 'r1', 'sameBuild'] },
      ],
    }),
    scenario('disputed-by-itself', 'one feed gives one version different bytes', {
      identity,
      ops: { g, r1, again: release({ roles: g, key: 4, prev: r1 }, '1.0.0', 'other') },
      cases: [{ description: 'the version is disputed, the feed goes on', ops: ['g', 'r1', 'again'] }],
    }),
    scenario('equivocation', 'a key signs two successors: its feed stops there, others go on', {
      identity,
      ops: { g, r1, r2, r3, fork, firstFork, otherSlot, sameBytes, other: second('2.0.0', 'ok'), agreeing: second('1.1.0', 'b') },
      cases: [
        { description: 'the version of both successors is disputed', ops: ['g', 'r1', 'r2', 'fork', 'other'] },
        { description: 'what follows a fork does not exist', ops: ['g', 'r1', 'r2', 'r3', 'fork'] },
        { description: 'successors with different versions do not exist', ops: ['g', 'r1', 'r2', 'otherSlot'] },
        { description: 'of three, those that contradict each other show', ops: ['g', 'r1', 'r2', 'fork', 'otherSlot'] },
        { description: 'successors with the same bytes are a fork, but no dispute', ops: ['g', 'r1', 'r2', 'sameBytes'] },
        { description: 'the dispute stays when another key agrees with one side', ops: ['g', 'r1', 'r2', 'fork', 'agreeing'] },
        { description: 'a fork at the first op leaves nothing of the feed', ops: ['g', 'r1', 'firstFork', 'other'] },
      ],
    }),
  ]
}

const statuses = (): Scenario[] => {
  const yank = status({ roles: g, key: 4, prev: r2, at: NOW + 5 }, { version: '1.0.0', state: 'yanked', why: 'broken build' })
  const revive = status({ roles: g, key: 4, prev: yank, at: NOW + 6 }, { version: '1.0.0', state: 'live' })
  const backDated = status({ roles: g, key: 4, prev: yank, at: NOW + 4 }, { version: '1.0.0', state: 'live' })
  const all = status({ roles: g, key: 5, at: NOW + 5, name: 'io.ggen.rust.cli' }, { version: '*', state: 'deprecated', why: 'use io.ggen.cli' })
  const build = status({ roles: g, key: 4, prev: r2, at: NOW + 5 }, { version: '1.0.0+any', state: 'withdrawn', why: 'malware' })
  const unknown = status({ roles: g, key: 4, prev: r2 }, { version: '9.9.9', state: 'yanked' })
  const other = release({ roles: g, key: 5 }, '1.0.0', 'zzz')
  const stranger = status({ roles: g, key: 6, at: NOW + 9 }, { version: '1.0.0', state: 'withdrawn' })
  return [
    scenario('status', 'statuses apply in the order of (at, id)', {
      identity,
      ops: { g, r1, r2, yank, revive, backDated, all, build, unknown, other, stranger },
      cases: [
        { description: 'a version is yanked', ops: ['g', 'r1', 'r2', 'yank'] },
        { description: 'and live again', ops: ['g', 'r1', 'r2', 'yank', 'revive'] },
        { description: 'a back-dated status changes nothing', ops: ['g', 'r1', 'r2', 'yank', 'backDated'] },
        { description: 'a status about all versions', ops: ['g', 'r1', 'r2', 'all'] },
        { description: 'the later word counts, special or general', ops: ['g', 'r1', 'r2', 'yank', 'revive', 'all'] },
        { description: 'a status speaks about the slot', ops: ['g', 'r1', 'r2', 'build'] },
        { description: 'a status about an unknown version is nothing', ops: ['g', 'r1', 'r2', 'unknown'] },
        { description: 'a status of a stranger is nothing', ops: ['g', 'r1', 'r2', 'stranger'] },
        { description: 'a dispute cannot be talked away', ops: ['g', 'r1', 'r2', 'other', 'yank', 'revive'] },
      ],
    }),
  ]
}

/** How feeds are followed, counted, forked and disputed. */
export const feedScenarios = (): readonly Scenario[] => [...authority(), ...thresholds(), ...conditions(), ...conflicts(), ...statuses()]
