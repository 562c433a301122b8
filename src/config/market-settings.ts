import { LIMITS } from '#core'
import { anyText, decimal, port, rate, size, span, whole, word, yesOrNo } from './kind.ts'
import { filePath, owners, patterns, registryUrl, routes, secret, tokensByAddress } from './name-kinds.ts'
import { setting } from './setting.ts'

const MB = 1_000_000
const second = 1000
const minute = 60 * second
const hour = 60 * minute

const by = 'node'

/** Whom packages are asked of, what is kept, and whom to trust. */
export const MARKET_SETTINGS = {
  mode: setting({
    key: 'registry.mode', variables: ['GGEN_REGISTRY_MODE'], kind: word(['central', 'p2p', 'hybrid']), usual: 'hybrid', by: 'command', byProject: true,
    says: 'whom packages are asked of: `central`, `p2p` or `hybrid`',
  }),
  prefer: setting({
    key: 'registry.prefer', variables: ['GGEN_REGISTRY_PREFER'], kind: word(['central-first', 'p2p-first']), usual: 'central-first', by: 'command',
    byProject: true, says: 'who is asked first: `central-first` or `p2p-first`',
  }),
  centralUrl: setting({
    key: 'registry.central_url', variables: ['GGEN_REGISTRY_URL'], kind: registryUrl, usual: undefined, by, says: 'address of the central registry',
  }),
  centralIsPrivate: setting({
    key: 'registry.central_private', kind: yesOrNo, usual: false, by, says: 'private names may be asked of the central registry',
  }),
  token: setting({
    key: 'registry.token', variables: ['GGEN_REGISTRY_TOKEN', 'GGEN_PUBLISH_TOKEN'], kind: secret, usual: undefined, by, isSecret: true,
    says: 'what the central registry knows you by',
  }),
  tokens: setting({
    key: 'registry.tokens', kind: tokensByAddress, usual: new Map(), by, isSecret: true,
    says: 'what registries that are named with `--registry` know you by, each by its address',
  }),
  privateNames: setting({
    key: 'registry.private', kind: patterns, usual: [], by, adds: true, says: 'names and patterns that no public source is asked for',
  }),
  timeoutMs: setting({
    key: 'registry.timeout', kind: span({ least: 100, most: 10 * minute }), usual: 5 * second, by, says: 'time for one question to the central registry',
  }),
  retries: setting({ key: 'registry.retries', kind: whole({ least: 0, most: 10 }), usual: 3, by, says: 'further tries where time ran out' }),
  cachePackages: setting({
    key: 'registry.cache_packages', kind: whole({ least: 0, most: 100_000 }), usual: 1000, by, says: 'answers about packages that are remembered',
  }),
  cacheTtlMs: setting({
    key: 'registry.cache_ttl', also: [{ key: 'cache.ttl_minutes', kind: span({ least: 1 * second, most: 24 * hour }, 'min') }],
    kind: span({ least: 1 * second, most: 24 * hour }), usual: 5 * minute, by, says: 'remember such an answer for',
  }),
  tokensPath: setting({
    key: 'registry.tokens_path', kind: filePath, usual: undefined, usually: '`registry-tokens.json` in the home folder', by,
    says: 'file that says who may publish to the registry that runs here',
  }),
  searchLimit: setting({
    key: 'search.default_limit', kind: whole({ least: 1, most: LIMITS.searchResults }), usual: 20, by: 'command', says: 'results that a search shows',
  }),
  searchReputation: setting({
    key: 'search.min_reputation', kind: decimal({ least: 0, most: 1 }), usual: undefined, by: 'command', says: 'least reputation of who knows a package',
    idle: 'what is found was signed by its publisher; who passed it on makes no difference',
  }),
  up: setting({ key: 'limits.up', option: '`ggen p2p limit --up`', kind: rate, usual: 'none', by, says: 'limit of what is sent' }),
  down: setting({ key: 'limits.down', option: '`ggen p2p limit --down`', kind: rate, usual: 'none', by, says: 'limit of what is received' }),
  perPeer: setting({ key: 'limits.per_peer', option: '`ggen p2p limit --per-peer`', kind: rate, usual: 'none', by, says: 'limit for each peer, each way' }),
  quota: setting({
    key: 'storage.quota', also: [{ key: 'storage.max_cache_size', kind: size(MB) }, { key: 'cache.max_size_mb', kind: size(MB) }],
    kind: size(), usual: LIMITS.blobQuotaBytes, by, says: 'room for archives',
  }),
  catalogueQuota: setting({
    key: 'storage.catalogue_quota', kind: size(), usual: LIMITS.catalogueQuotaBytes, by, says: 'room for the records of the catalogue',
  }),
  cacheFolder: setting({
    key: 'storage.cache_dir', also: ['cache.dir'], variables: ['GGEN_CACHE_DIR'], kind: filePath, usual: undefined, by, says: 'folder for archives',
    idle: 'what you published lies among them and must not be lost with a cache; `GGEN_HOME` moves everything',
  }),
  follow: setting({ key: 'seed.follow', kind: patterns, usual: [], by, says: 'packages to keep for others' }),
  all: setting({ key: 'seed.all', kind: yesOrNo, usual: false, by, says: 'keep every package there is, as far as there is room' }),
  firstUse: setting({
    key: 'trust.first_use', variables: ['GGEN_TRUST_FIRST_USE'], kind: word(['ask', 'accept']), usual: 'ask', by,
    says: 'a name whose one publisher nothing speaks for: `ask` or `accept`',
  }),
  coolDownMs: setting({
    key: 'trust.cool_down', variables: ['GGEN_TRUST_COOL_DOWN'], kind: span({ least: 0, most: LIMITS.stepsMs }), usual: LIMITS.coolDownMs, by,
    says: 'leave new versions of known packages alone for',
  }),
  domains: setting({
    key: 'trust.domains', variables: ['GGEN_TRUST_DOMAINS'], kind: yesOrNo, usual: true, by, says: 'ask domains who speaks for the names that begin with them',
  }),
  namespaces: setting({ key: 'trust.namespaces', kind: owners, usual: new Map(), by, says: 'names that belong to a publisher' }),
  controlPort: setting({
    key: 'control.port', variables: ['GGEN_CONTROL_PORT'], flag: 'controlPort', option: '--control-port PORT', kind: port(1), usual: 'off', by,
    says: 'TCP port of this machine for programs that control the node',
  }),
  httpPort: setting({
    key: 'http.port', variables: ['GGEN_HTTP_PORT'], flag: 'httpPort', option: '--http-port PORT', kind: port(1), usual: 4003, by,
    usually: '`4003`; a free port when that one is taken', says: 'TCP port of this machine for npm, pnpm, yarn and bun; with `control.port` it is that one',
  }),
  npmRoutes: setting({
    key: 'npm.route', kind: routes, usual: new Map(), by,
    says: 'where npm packages come from, by name, `@scope/*` or `*`: `network`, where `npm publish` publishes them, or `upstream`, as all others',
  }),
  logLevel: setting({
    variables: ['RUST_LOG'], kind: anyText, usual: undefined, by, says: 'what is logged',
    idle: 'a node prints what happens, with `--json` for programs; what the network library does is shown with `DEBUG=libp2p:*`',
  }),
  spans: setting({
    variables: ['OTEL_EXPORTER_OTLP_ENDPOINT'], kind: anyText, usual: undefined, by, says: 'where to send traces',
    idle: 'nothing is sent to anybody; `ggen p2p status --json` and what a node prints say the same',
  }),
}
