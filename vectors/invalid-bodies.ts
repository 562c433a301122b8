import { type InvalidOp, invalid, signedWire } from './invalid-op.ts'
import { DAG_CBOR, hash, linkTo, RAW, releaseBody, releaseWire, statusBody, statusWire, summaryWire, type Wire, without } from './wire.ts'

const release = (changes: Wire): Uint8Array => signedWire(releaseWire({ b: releaseBody(changes) }), 3)
const summary = (changes: Wire): Uint8Array => release({ sum: summaryWire(changes) })
const status = (changes: Wire): Uint8Array => signedWire(statusWire({ b: statusBody(changes) }), 3)
const artifact = (changes: Wire): Uint8Array => release({ artifact: { size: 1, sha256: hash('sha256', 'a'), sha512: hash('sha512', 'a'), ...changes } })

const BAD_NAMES = [
  '', 'Tool', 'my_tool', 'tool.', '.tool', '-tool', 'tool-', 'a..b', 'tool ', 'tool\n', 't\u043E\u043El', 'tool\u200B', '@scope', '@scope/', '@/name', 'a/b/c',
  '../etc', 'con', 'nul.txt', '@aux/name', 'a'.repeat(64), `${'a.'.repeat(10)}a`, `${'a'.repeat(63)}.${'b'.repeat(63)}.c`, '*', 'io.ggen.*',
  '@bafyreicedr7z2n5ogvxnklgyqr2resx4apmfvc57imytn2v6uj2oxuer5y/name',
]

const BAD_VERSIONS = [
  '', '1', '1.0', 'v1.0.0', '=1.0.0', '01.0.0', '1.0.0-', '1.0.0-01', '1.0.0-a..b', '1.0.0+', '1.0.0+a+b', '1.0.0 ', '1.0.0\n', '1.0.0-ä',
  '12345678901.0.0', '^1.0.0', 'latest', `1.0.0-${'a'.repeat(95)}`, '1.0.0.0', '-1.0.0',
]

const grammar = (): InvalidOp[] => [
  ...BAD_NAMES.map((name, index) => invalid(`name/name-${index}`, `the name ${JSON.stringify(name)}`, release({ name }))),
  ...BAD_VERSIONS.map((version, index) => invalid(`semver/version-text-${index}`, `the version ${JSON.stringify(version)}`, release({ version }))),
  invalid('name/name-number', 'a name that is a number', release({ name: 1 })),
  invalid('semver/version-number', 'a version that is a number', release({ version: 1 })),
  invalid('semver/version-star', 'a release of every version', release({ version: '*' })),
  invalid('name/status-name', 'a status of a bad name', status({ name: 'Tool' })),
  invalid('semver/status-version', 'a status of a bad version', status({ version: '1' })),
  invalid('semver/status-version-range', 'a status of a range', status({ version: '1.*' })),
  invalid('semver/status-latest', 'a tag for a bad version', status({ tag: { latest: 'latest' } })),
]

/** What each text would do to a reader of a terminal or a page. */
const BAD_TEXTS: readonly (readonly [string, string])[] = [
  ['nul', 'a\u0000b'], ['newline', 'two\nlines'], ['tab', 'a\tb'], ['escape', '\u001B[2J'], ['delete', 'a\u007F'], ['c1-control', 'a\u0085b'],
  ['soft-hyphen', 'a\u00ADb'], ['arabic-mark', 'a\u061Cb'], ['zero-width-space', 'a\u200Bb'], ['zero-width-joiner', '👩\u200D💻'],
  ['left-to-right-mark', 'a\u200Eb'], ['override', 'a\u202Eb'], ['embedding', 'a\u202Ab'], ['isolate', 'a\u2066b'], ['pop-isolate', 'a\u2069b'],
  ['word-joiner', 'a\u2060b'], ['byte-order-mark', 'a\uFEFFb'], ['annotation', 'a\uFFF9b'], ['tag-character', 'a\u{E0041}b'],
]

const texts = (): InvalidOp[] => [
  ...BAD_TEXTS.map(([name, title]) => invalid(`schema/title-${name}`, `a title with ${name}`, summary({ title }))),
  ...['description', 'category', 'license', 'author'].map((field) =>
    invalid(`schema/${field}-escape`, `a terminal escape in ${field}`, summary({ [field]: '\u001B]0;x\u0007' }))),
  invalid('schema/why-override', 'a direction override in a reason', status({ why: '\u202Ereversed' })),
  invalid('schema/tags-newline', 'a tag of two lines', summary({ tags: ['a\nb'] })),
  invalid('schema/title-121', 'a title that is too long', summary({ title: '🦀'.repeat(121) })),
  invalid('schema/description-513', 'a description that is too long', summary({ description: 'd'.repeat(513) })),
  invalid('schema/tags-17', 'seventeen tags', summary({ tags: Array.from({ length: 17 }, (_, n) => `t${n}`) })),
  invalid('schema/tag-33', 'a tag that is too long', summary({ tags: ['t'.repeat(33)] })),
  invalid('schema/tag-empty', 'an empty tag', summary({ tags: [''] })),
  invalid('schema/category-33', 'a category that is too long', summary({ category: 'c'.repeat(33) })),
  invalid('schema/license-65', 'a licence that is too long', summary({ license: 'l'.repeat(65) })),
  invalid('schema/author-121', 'an author that is too long', summary({ author: 'a'.repeat(121) })),
  invalid('schema/why-281', 'a reason that is too long', status({ why: 'w'.repeat(281) })),
  invalid('schema/title-bytes', 'a title of bytes', summary({ title: new Uint8Array(3) })),
  invalid('schema/title-null', 'a title that is null', summary({ title: null })),
]

const releases = (): InvalidOp[] => [
  ...Object.keys(releaseBody()).map((key) =>
    invalid(`schema/release-missing-${key}`, `a release without ${key}`, signedWire(releaseWire({ b: without(releaseBody(), key) }), 3))),
  ...Object.keys(summaryWire()).map((key) =>
    invalid(`schema/summary-missing-${key}`, `a summary without ${key}`, release({ sum: without(summaryWire(), key) }))),
  invalid('schema/release-extra', 'a release with an unknown key', release({ url: 'https://example.com' })),
  invalid('schema/summary-extra', 'a summary with an unknown key', summary({ homepage: 'https://example.com' })),
  invalid('schema/release-roles-text', 'roles that are text', release({ roles: 'bafyreicedr7z2n5ogvxnklgyqr2resx4apmfvc57imytn2v6uj2oxuer5y' })),
  invalid('schema/kind-zip', 'an archive of another kind', release({ kind: 'zip' })),
  invalid('schema/artifact-too-large', 'an archive of more than 2^32 bytes', artifact({ size: 2 ** 32 + 1 })),
  invalid('schema/artifact-size-negative', 'an archive of negative size', artifact({ size: -1 })),
  invalid('schema/artifact-sha256-short', 'a sha256 of 31 bytes', artifact({ sha256: hash('sha256', 'a').subarray(1) })),
  invalid('schema/artifact-sha512-short', 'a sha512 of 63 bytes', artifact({ sha512: hash('sha512', 'a').subarray(1) })),
  invalid('schema/artifact-sha256-text', 'a sha256 as text', artifact({ sha256: 'a'.repeat(64) })),
  invalid('schema/artifact-extra', 'an archive with an unknown key', artifact({ url: 'https://example.com' })),
  invalid('schema/artifact-chunks-raw', 'a chunk list under another codec', artifact({ chunks: linkTo(RAW, 'chunks') })),
  invalid('schema/meta-null', 'no metadata', release({ meta: null })),
  invalid('schema/meta-dag-cbor', 'metadata under another codec', release({ meta: { cid: linkTo(DAG_CBOR, '{}'), size: 2 } })),
  invalid('schema/meta-too-large', 'metadata of more than 64 KiB', release({ meta: { cid: linkTo(RAW, '{}'), size: 65_537 } })),
  invalid('schema/scripts-0', 'scripts that are a number', release({ scripts: 0 })),
  invalid('schema/bins-negative', 'a negative number of programs', release({ bins: -1 })),
  invalid('schema/deps-2-32', 'too many dependencies', release({ deps: 2 ** 32 })),
  invalid('schema/prov-5', 'five provenance links', release({ prov: [1, 2, 3, 4, 5].map((n) => linkTo(DAG_CBOR, `${n}`)) })),
  invalid('schema/prov-empty', 'an empty list of provenance, which absence already says', release({ prov: [] })),
  invalid('schema/prov-raw', 'provenance under another codec', release({ prov: [linkTo(RAW, 'bundle')] })),
]

const statuses = (): InvalidOp[] => [
  invalid('schema/status-body-list', 'a status whose body is a list', signedWire(statusWire({ b: [] }), 3)),
  ...Object.keys(statusBody()).map((key) =>
    invalid(`schema/status-missing-${key}`, `a status without ${key}`, signedWire(statusWire({ b: without(statusBody(), key) }), 3))),
  invalid('schema/state-unknown', 'a state that does not exist', status({ state: 'deleted' })),
  invalid('schema/state-disputed', 'a state that nobody can declare', status({ state: 'disputed' })),
  invalid('schema/status-extra', 'a status with an unknown key', status({ until: 1 })),
  invalid('schema/tag-extra', 'a tag with an unknown key', status({ tag: { latest: '1.0.0', next: '2.0.0' } })),
  invalid('schema/tag-none', 'a tag without an entry', status({ tag: {} })),
  invalid('schema/tag-version', 'a tag that looks like a version', status({ tag: { v1: '1.0.0' } })),
  invalid('schema/why-null', 'a reason that is null', status({ why: null })),
]

/** Releases and statuses whose body is wrong. */
export const invalidBodies = (): readonly InvalidOp[] => [...grammar(), ...texts(), ...releases(), ...statuses()]
