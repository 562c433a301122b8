import { encode } from '@ipld/dag-cbor'
import type { GenesisOp, RolesOp } from '#core'
import { encodePayload, openOp, signPayload } from '#trust'
import { type Scenario, scenario } from './scenario.ts'
import { keyOf, NAME, NOW, release } from './story.ts'
import { testKey } from './test-keys.ts'
import { genesisWire } from './wire.ts'

const g = openOp(signPayload(encode(genesisWire()), [0, 1].map(testKey))) as GenesisOp
const at = NOW + 1
const r1 = release({ roles: g, key: 3, at }, '1.0.0', 'a')
const r2 = release({ roles: g, key: 3, prev: r1, at }, '1.1.0', 'b')
const fork = release({ roles: g, key: 3, prev: r1, at }, '1.1.0', 'EVIL')

const rotate = openOp(signPayload(encodePayload({
  type: 'roles',
  identity: g.identity,
  at: NOW + 100,
  seq: 1,
  prev: g.id,
  body: {
    root: g.body.root,
    recovery: g.body.recovery,
    release: [{ key: keyOf(4), names: ['*'] }],
    need: 1,
    revoked: [{ key: keyOf(3), feeds: [{ name: NAME, head: r2.id }] }],
    domains: [],
  },
}), [0, 1].map(testKey))) as RolesOp

const after = release({ roles: rotate, key: 4, at: NOW + 101 }, '1.2.0', 'c')

/** The life of the identity of the single-op vectors: publishing, a stolen key, a rotation. */
export const rotationScenarios = (): readonly Scenario[] => [
  scenario('rotation', 'a key is stolen, and root rotates it out', {
    identity: g.identity,
    ops: { g, r1, r2, fork, rotate, after },
    cases: [
      { description: 'plain', ops: ['g', 'r1', 'r2'] },
      { description: 'equivocation', ops: ['g', 'r1', 'r2', 'fork'] },
      { description: 'after the revocation', ops: ['g', 'r1', 'r2', 'fork', 'rotate'] },
      { description: 'the new key publishes', ops: ['g', 'r1', 'r2', 'fork', 'rotate', 'after'] },
    ],
  }),
]
