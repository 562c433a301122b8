import { type InvalidOp, invalid, signedWire } from './invalid-op.ts'
import { multikey, testKey } from './test-keys.ts'
import { DAG_CBOR, genesisBody, genesisWire, linkTo, rolesBody, rolesWire, type Wire, without } from './wire.ts'

const genesis = (changes: Wire): Uint8Array => signedWire(genesisWire({ b: genesisBody(changes) }), 0, 1)
const roles = (changes: Wire): Uint8Array => signedWire(rolesWire({ b: rolesBody(changes) }), 0, 1)
const keys = (count: number): Uint8Array[] => Array.from({ length: count }, (_, n) => multikey(testKey(n)))
const releaseKey = (changes: Wire): Uint8Array => genesis({ release: [{ key: multikey(testKey(3)), names: ['*'], ...changes }] })
const revoked = (...feeds: readonly unknown[]): Uint8Array => roles({ revoked: [{ key: multikey(testKey(3)), feeds }] })
const head = linkTo(DAG_CBOR, 'head')

const BAD_GLOBS = [
  '', '**', '*.ggen', 'io.*.cli', 'io.', 'io.*.*', '.*', '/*', '@/*', '@scope/*/x', 'IO.*', 'con.*', 'a/b/*', `${'a.'.repeat(9)}a.a.*`,
]

const BAD_DOMAINS = [
  'ggen', 'GGEN.io', 'ggen.io.', '-a.io', '192.0.2.1', 'https://ggen.io', 'bücher.example', `${'a'.repeat(64)}.io`, '', `${'a.'.repeat(126)}io`,
]

const genesisBodies = (): InvalidOp[] => [
  ...['root', 'recovery', 'release', 'need', 'nonce'].map((key) =>
    invalid(`schema/genesis-missing-${key}`, `a genesis without ${key}`, signedWire(genesisWire({ b: without(genesisBody(), key) }), 0, 1))),
  invalid('schema/genesis-revoked', 'a genesis that revokes', genesis({ revoked: [] })),
  invalid('schema/genesis-domains', 'a genesis that names domains', genesis({ domains: ['ggen.io'] })),
  invalid('schema/genesis-body-list', 'a body that is a list', signedWire(genesisWire({ b: [] }), 0, 1)),
  invalid('schema/nonce-15-bytes', 'a nonce that is too short', genesis({ nonce: new Uint8Array(15) })),
  invalid('schema/root-empty', 'a root role without keys', genesis({ root: { keys: [], need: 0 } })),
  invalid('schema/root-need-0', 'a root role that needs nobody', genesis({ root: { keys: keys(2), need: 0 } })),
  invalid('schema/root-need-too-many', 'a root role that needs more keys than it has', genesis({ root: { keys: keys(2), need: 3 } })),
  invalid('schema/root-17-keys', 'a root role of seventeen keys', genesis({ root: { keys: keys(17), need: 1 } })),
  invalid('schema/root-key-twice', 'a root key twice', genesis({ root: { keys: [...keys(1), ...keys(1)], need: 2 } })),
  invalid('schema/root-extra-key', 'a role with an unknown key', genesis({ root: { keys: keys(2), need: 2, names: [] } })),
  invalid('key/root-small-order', 'a root key of small order', genesis({ root: { keys: [Uint8Array.from([0xed, 1, ...new Uint8Array(32)])], need: 1 } })),
  invalid('schema/recovery-need-1', 'a recovery role that needs a key and has none', genesis({ recovery: { keys: [], need: 1 } })),
  invalid('schema/need-0', 'releases that need no signature', genesis({ need: 0 })),
  invalid('schema/need-9', 'releases that need nine signatures', genesis({ need: 9 })),
  invalid('schema/human-9', 'releases that need nine people', genesis({ human: 9 })),
]

const releaseKeys = (): InvalidOp[] => [
  invalid('schema/release-33-keys', 'thirty-three release keys', genesis({ release: keys(33).map((key) => ({ key, names: [] })) })),
  invalid('schema/release-key-twice', 'a release key twice, which would count double',
    genesis({ release: [1, 2].map(() => ({ key: multikey(testKey(3)), names: ['*'] })) })),
  invalid('schema/release-33-names', 'a release key with thirty-three names', releaseKey({ names: Array.from({ length: 33 }, (_, n) => `name-${n}`) })),
  ...BAD_GLOBS.map((glob, index) => invalid(`name/release-name-${index}`, `the name pattern ${JSON.stringify(glob)}`, releaseKey({ names: [glob] }))),
  invalid('name/release-name-number', 'a name pattern that is a number', releaseKey({ names: [1] })),
  invalid('schema/release-key-expiry-negative', 'a negative expiry', releaseKey({ exp: -1 })),
  invalid('schema/release-key-auto-1', 'auto that is a number', releaseKey({ auto: 1 })),
  invalid('schema/release-key-label-long', 'a label of thirty-three characters', releaseKey({ label: 'l'.repeat(33) })),
  invalid('schema/release-key-label-escape', 'a label with a terminal escape', releaseKey({ label: '\u001B[31mred' })),
]

const rolesBodies = (): InvalidOp[] => [
  invalid('schema/roles-nonce', 'a roles op with a nonce', roles({ nonce: new Uint8Array(16) })),
  invalid('schema/roles-missing-revoked', 'a roles op without revoked', signedWire(rolesWire({ b: without(rolesBody(), 'revoked') }), 0, 1)),
  invalid('schema/revoked-65', 'sixty-five revoked keys', roles({ revoked: keys(65).map((key) => ({ key, feeds: [] })) })),
  invalid('schema/revoked-twice', 'a key revoked twice', roles({ revoked: [1, 2].map(() => ({ key: multikey(testKey(3)), feeds: [] })) })),
  invalid('schema/revoked-65-feeds', 'a revocation of sixty-five feeds', revoked(...Array.from({ length: 65 }, (_, n) => ({ name: `n${n}`, head })))),
  invalid('schema/revoked-feed-twice', 'a revocation that confirms one feed twice', revoked({ name: 'tool', head }, { name: 'tool', head })),
  invalid('name/revoked-name', 'a revocation of a bad name', revoked({ name: 'Tool', head })),
  invalid('schema/revoked-head-text', 'a revocation whose head is text', revoked({ name: 'tool', head: head.toString() })),
  invalid('schema/domains-9', 'nine domains', roles({ domains: Array.from({ length: 9 }, (_, n) => `d${n}.example`) })),
  invalid('schema/domains-empty', 'an empty list of domains, which absence already says', roles({ domains: [] })),
  invalid('schema/domains-twice', 'a domain twice', roles({ domains: ['ggen.io', 'ggen.io'] })),
  ...BAD_DOMAINS.map((domain, index) => invalid(`schema/domain-${index}`, `the domain ${JSON.stringify(domain)}`, roles({ domains: [domain] }))),
]

/** Genesis and roles ops that name impossible roles. */
export const invalidRoles = (): readonly InvalidOp[] => [...genesisBodies(), ...releaseKeys(), ...rolesBodies()]
