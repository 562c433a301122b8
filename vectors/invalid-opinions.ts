import { type InvalidOp, invalid, signedWire } from './invalid-op.ts'
import { multikey, testKey } from './test-keys.ts'
import { advisoryBody, advisoryWire, DAG_CBOR, endorseBody, endorseWire, IDENTITY, linkTo, RAW, type Wire, without } from './wire.ts'

const endorse = (changes: Wire): Uint8Array => signedWire(endorseWire({ b: endorseBody(changes) }), 3)
const advisory = (changes: Wire): Uint8Array => signedWire(advisoryWire({ b: advisoryBody(changes) }), 3)
const manyNames = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `tool-${n}`)

const heads = (): InvalidOp[] => [
  ...['id', 'key', 'prev', 'seq'].map((key) => invalid(`schema/endorse-missing-${key}`, `an endorsement with no ${key}`, signedWire(without(endorseWire(), key), 3))),
  invalid('schema/endorse-feed', 'an endorsement in a feed', signedWire(endorseWire({ feed: multikey(testKey(3)) }), 3)),
  invalid('schema/advisory-feed', 'an advisory in a feed', signedWire(advisoryWire({ feed: multikey(testKey(3)) }), 3)),
  invalid('schema/endorse-seq-1', 'an endorsement that continues something', signedWire(endorseWire({ seq: 1, prev: IDENTITY }), 3)),
  invalid('schema/endorse-with-prev', 'an endorsement with a prev', signedWire(endorseWire({ prev: IDENTITY }), 3)),
  invalid('schema/advisory-seq-1', 'an advisory that continues something', signedWire(advisoryWire({ seq: 1, prev: IDENTITY }), 3)),
  invalid('key/endorse-key-small-order', 'a key of small order', signedWire(endorseWire({ key: Uint8Array.from([0xed, 1, 1, ...new Uint8Array(31)]) }), 3)),
  invalid('signature/endorse-key-did-not-sign', 'an endorsement that its key did not sign', signedWire(endorseWire(), 4)),
  invalid('signature/advisory-key-did-not-sign', 'an advisory that its key did not sign', signedWire(advisoryWire(), 4)),
]

const endorsements = (): InvalidOp[] => [
  ...Object.keys(endorseBody()).map((key) =>
    invalid(`schema/endorse-body-missing-${key}`, `an endorsement without ${key}`, signedWire(endorseWire({ b: without(endorseBody(), key) }), 3))),
  invalid('schema/endorse-extra', 'an endorsement with an unknown key', endorse({ until: 1 })),
  invalid('schema/endorse-target-raw', 'a target under another codec', endorse({ target: linkTo(RAW, 'somebody') })),
  invalid('schema/endorse-target-null', 'an endorsement of nobody', endorse({ target: null })),
  invalid('schema/endorse-level', 'a level that does not exist', endorse({ level: 'trust' })),
  invalid('schema/endorse-level-proto', 'a level that is a property of every object', endorse({ level: 'constructor' })),
  invalid('schema/endorse-33-names', 'an endorsement of thirty-three names', endorse({ names: manyNames(33) })),
  invalid('schema/endorse-name-twice', 'an endorsement that names something twice', endorse({ names: ['tool', 'tool'] })),
  invalid('name/endorse-pattern', 'an endorsement of a pattern', endorse({ names: ['io.ggen.*'] })),
  invalid('name/endorse-star', 'an endorsement of a star', endorse({ names: ['*'] })),
  invalid('schema/endorse-why-281', 'a reason that is too long', endorse({ why: 'w'.repeat(281) })),
  invalid('schema/endorse-why-override', 'a direction override in a reason', endorse({ why: '\u202Ereversed' })),
  invalid('schema/endorse-exp-negative', 'an end before all time', endorse({ exp: -1 })),
  invalid('schema/endorse-exp-null', 'an end that is null', endorse({ exp: null })),
]

const advisories = (): InvalidOp[] => [
  ...Object.keys(advisoryBody()).map((key) =>
    invalid(`schema/advisory-body-missing-${key}`, `an advisory without ${key}`, signedWire(advisoryWire({ b: without(advisoryBody(), key) }), 3))),
  invalid('schema/advisory-extra', 'an advisory with an unknown key', advisory({ cvss: '9.8' })),
  invalid('schema/advisory-target-text', 'a target that is text', advisory({ target: linkTo(DAG_CBOR, 'somebody').toString() })),
  invalid('name/advisory-star', 'an advisory about every name', advisory({ name: '*' })),
  invalid('schema/advisory-range-empty', 'an empty range', advisory({ range: '' })),
  invalid('schema/advisory-range-257', 'a range that is too long', advisory({ range: '1'.repeat(257) })),
  invalid('schema/advisory-range-escape', 'a terminal escape in a range', advisory({ range: '\u001B[2J' })),
  invalid('schema/advisory-severity', 'a severity that does not exist', advisory({ severity: 'medium' })),
  invalid('schema/advisory-severity-number', 'a severity that is a number', advisory({ severity: 9 })),
  invalid('schema/advisory-why-281', 'a reason that is too long', advisory({ why: 'w'.repeat(281) })),
  invalid('schema/advisory-ref-513', 'a reference that is too long', advisory({ ref: 'r'.repeat(513) })),
  invalid('schema/advisory-ref-newline', 'a reference of two lines', advisory({ ref: 'https://example.com\nx' })),
  invalid('semver/advisory-fix-range', 'a fix that is a range', advisory({ fix: '^1.2.3' })),
]

/** Opinions that are wrong in their head or their body. */
export const invalidOpinions = (): readonly InvalidOp[] => [...heads(), ...endorsements(), ...advisories()]
