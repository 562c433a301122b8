import { type Scenario, scenario } from './scenario.ts'
import { genesis, keyOf, NAME, release, roles, usualRoles } from './story.ts'

const g = genesis()
const identity = g.identity
const r1 = release({ roles: g, key: 4 }, '1.0.0', 'a')
const newRoot = { root: { keys: [keyOf(7)], need: 1 } }
const takeover = roles(g, { release: [{ key: keyOf(6), names: ['*'] }] }, [0, 1])
const evil = release({ roles: takeover, key: 6 }, '6.6.6', 'evil')

const thresholds = (): Scenario[] => [
  scenario('roles-old-and-new-root', 'a roles op needs the threshold of the old and of the new root', {
    identity,
    ops: { g, old: roles(g, newRoot, [0, 1]), half: roles(g, { ...newRoot, at: g.at + 1 }, [0, 7]), both: roles(g, { ...newRoot, at: g.at + 2 }, [0, 1, 7]) },
    cases: [
      { description: 'the old root alone hands over nothing', ops: ['g', 'old'] },
      { description: 'half of the old root hands over nothing', ops: ['g', 'half'] },
      { description: 'old and new root together hand over', ops: ['g', 'both'] },
      { description: 'invalid siblings are no fork', ops: ['g', 'old', 'half', 'both'] },
    ],
  }),
  scenario('root-keeps-recovery', 'the root role cannot change the recovery role', {
    identity,
    ops: {
      g,
      removed: roles(g, { recovery: { keys: [], need: 0 } }, [0, 1]),
      replaced: roles(g, { recovery: { keys: [keyOf(6)], need: 1 } }, [0, 1]),
      byRecovery: roles(g, { recovery: { keys: [keyOf(6)], need: 1 } }, [0, 1, 3]),
    },
    cases: [
      { description: 'it cannot be removed', ops: ['g', 'removed'] },
      { description: 'it cannot be replaced', ops: ['g', 'replaced'] },
      { description: 'it can replace itself: the same op with its signature', ops: ['g', 'byRecovery'] },
      { description: 'both signature sets are one op', ops: ['g', 'replaced', 'byRecovery'] },
    ],
  }),
  scenario('root-adds-recovery', 'an identity without a recovery role may add one', {
    identity: genesis({ recovery: { keys: [], need: 0 } }).identity,
    ops: { g: genesis({ recovery: { keys: [], need: 0 } }), added: roles(genesis({ recovery: { keys: [], need: 0 } }), {}, [0, 1]) },
    cases: [{ description: 'root adds it', ops: ['g', 'added'] }],
  }),
  scenario('seq-jump', 'nobody can jump ahead in the chain', {
    identity,
    ops: { g, jump: roles(g, { seq: 10_000 }, [0, 1]) },
    cases: [{ description: 'a seq that does not follow is ignored', ops: ['g', 'jump'] }],
  }),
  scenario('genesis-unsigned', 'a genesis counts only with the signatures of its own root', {
    identity: genesis({}, [0]).identity,
    ops: { half: genesis({}, [0]), stranger: genesis({}, [6]), other: genesis({}, [1]) },
    cases: [
      { description: 'one of two signatures', ops: ['half'] },
      { description: 'a signature of somebody else', ops: ['half', 'stranger'] },
      { description: 'two halves are one whole', ops: ['half', 'stranger', 'other'] },
      { description: 'no genesis at all', ops: [] },
    ],
  }),
]

const forks = (): Scenario[] => {
  const rival = roles(g, {}, [1, 2])
  const rescue = roles(g, newRoot, [3, 7])
  const afterTakeover = roles(takeover, { ...newRoot, at: g.at + 3 }, [3, 7])
  const besideRescue = roles(takeover, { at: g.at + 6 }, [0, 1])
  const late = roles(rescue, { ...newRoot, at: g.at + 4 }, [7])
  const secondRescue = roles(g, { ...newRoot, at: g.at + 5 }, [3, 7])
  return [
    scenario('root-equivocation', 'two successors signed by root freeze the chain at the fork', {
      identity,
      ops: { g, takeover, rival, r1, evil },
      cases: [
        { description: 'frozen: what was valid before stays', ops: ['g', 'takeover', 'rival', 'r1'] },
        { description: 'frozen: nothing beyond the fork counts', ops: ['g', 'takeover', 'rival', 'r1', 'evil'] },
      ],
    }),
    scenario('recovery-resolves-takeover', 'the recovery role outranks a stolen root', {
      identity,
      ops: { g, takeover, rescue, r1, evil, rival, late },
      cases: [
        { description: 'the takeover alone', ops: ['g', 'takeover', 'r1', 'evil'] },
        { description: 'the rescue wins and the thief’s release is gone', ops: ['g', 'takeover', 'rescue', 'r1', 'evil'] },
        { description: 'it also resolves a fork', ops: ['g', 'takeover', 'rival', 'rescue', 'r1'] },
        { description: 'the chain goes on from the rescue', ops: ['g', 'takeover', 'rescue', 'late', 'r1', 'evil'] },
      ],
    }),
    scenario('recovery-deep-in-a-branch', 'at a fork the branch that holds the highest authority wins, however deep it is', {
      identity,
      ops: { g, takeover, rival, afterTakeover, besideRescue, r1, evil },
      cases: [
        { description: 'the recovery role continues one of the two branches', ops: ['g', 'takeover', 'rival', 'afterTakeover', 'r1', 'evil'] },
        { description: 'a sibling that root signed does not hide it', ops: ['g', 'takeover', 'rival', 'afterTakeover', 'besideRescue', 'r1', 'evil'] },
        { description: 'in whatever order the siblings come', ops: ['g', 'takeover', 'rival', 'besideRescue', 'afterTakeover', 'r1', 'evil'] },
      ],
    }),
    scenario('recovery-equivocation', 'two rescues of equal authority freeze the chain', {
      identity,
      ops: { g, rescue, secondRescue, afterTakeover, takeover, r1 },
      cases: [
        { description: 'side by side', ops: ['g', 'rescue', 'secondRescue', 'r1'] },
        { description: 'at different depths', ops: ['g', 'rescue', 'takeover', 'afterTakeover', 'r1'] },
      ],
    }),
  ]
}

const revocations = (): Scenario[] => {
  const r2 = release({ roles: g, key: 4, prev: r1 }, '1.1.0', 'b')
  const evilFork = release({ roles: g, key: 4, prev: r1 }, '1.1.0', 'EVIL')
  const later = release({ roles: g, key: 4, prev: r2 }, '1.2.0', 'EVIL')
  const remaining = { release: [{ key: keyOf(5), names: ['*'] }] }
  const revoke = roles(g, { ...remaining, revoked: [{ key: keyOf(4), feeds: [{ name: NAME, head: r2.id }] }] }, [0, 1])
  const unconfirmed = roles(g, { ...remaining, revoked: [{ key: keyOf(4), feeds: [] }] }, [0, 1])
  const readmitted = roles(revoke, { release: usualRoles().release }, [0, 1])
  const afterReadmission = release({ roles: readmitted, key: 4, prev: r2 }, '2.0.0', 'c')
  return [
    scenario('revoked-key', 'of a revoked key only the history that root confirmed stays', {
      identity,
      ops: { g, r1, r2, revoke, unconfirmed, evilFork, later, readmitted, afterReadmission },
      cases: [
        { description: 'a fork and a later release by the thief die', ops: ['g', 'r1', 'r2', 'revoke', 'evilFork', 'later'] },
        { description: 'the same as without them', ops: ['g', 'r1', 'r2', 'revoke'] },
        { description: 'nothing counts while the confirmed head is missing', ops: ['g', 'r1', 'revoke', 'evilFork'] },
        { description: 'nothing counts of a feed that is not confirmed', ops: ['g', 'r1', 'r2', 'unconfirmed'] },
        { description: 'once revoked, a key never speaks again', ops: ['g', 'r1', 'r2', 'revoke', 'readmitted', 'afterReadmission'] },
      ],
    }),
  ]
}

/** How chains of roles are followed, forked, frozen and rescued. */
export const chainScenarios = (): readonly Scenario[] => [...thresholds(), ...forks(), ...revocations()]
