import { LIMITS, parseMultiaddr, USUAL_TUNING as USUAL } from '#core'
import { listenAddresses, networkName, nodeAddresses, topicName, transports } from './address-kinds.ts'
import { anyText, decimal, orOff, port, span, whole, word, yesOrNo } from './kind.ts'
import { filePath } from './name-kinds.ts'
import { type Setting, setting } from './setting.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute

const FEW = 'peers answer with no more than that'
const ENCRYPTED = 'connections are always encrypted'
const by = 'node'

/** What can only be one thing. */
const one = <T extends string>(value: T, row: Pick<Setting<T>, 'key' | 'also' | 'says'>): Setting<T> =>
  setting({ ...row, kind: word([value], { isLoose: true }), usual: value, by, idle: 'there is no other choice' })

/** Whoever knows the name of the public network may join it. */
export const PUBLIC_NETWORK = 'main'

/** What a node listens on, whom it meets, and how it takes part in its network. */
export const NODE_SETTINGS = {
  enabled: setting({
    key: 'p2p.enabled', also: ['registry.p2p.enabled'], kind: yesOrNo, usual: true, by,
    says: 'there may be a node; `ggen p2p start` refuses where it is `false`',
  }),
  listen: setting({
    key: 'p2p.listen_addresses', also: ['p2p.listen', 'p2p.network.listen_addresses', 'network.listen_addresses', 'registry.p2p.listen_addrs'],
    variables: ['GGEN_P2P_LISTEN'], flag: 'listen', option: '--listen ADDRESS…', kind: listenAddresses, by,
    usual: [parseMultiaddr('/ip4/0.0.0.0/tcp/4001')], usually: '`/ip4/0.0.0.0/tcp/4001`; a free port when that one is taken',
    says: 'addresses to listen on',
  }),
  bootstrap: setting({
    key: 'p2p.bootstrap',
    also: [
      'p2p.bootstrap.nodes', 'p2p.bootstrap_nodes', 'registry.p2p.bootstrap', 'registry.p2p.bootstrap.nodes', 'network.bootstrap_nodes', 'bootstrap.nodes',
    ],
    variables: ['GGEN_P2P_BOOTSTRAP'], flag: 'bootstrap', option: '--bootstrap ADDRESS…', kind: nodeAddresses, usual: [], by,
    says: 'nodes to connect to first',
  }),
  bootstrapEnabled: setting({
    key: 'p2p.bootstrap.enabled', also: ['registry.p2p.bootstrap.enabled', 'bootstrap.enabled'], kind: yesOrNo, usual: true, by,
    says: 'connect to those nodes of a file at all',
  }),
  minPeers: setting({
    key: 'p2p.min_peers', also: ['p2p.bootstrap.min_peers', 'bootstrap.min_peers', 'performance.min_peers'],
    kind: whole({ least: 0, most: 64 }), usual: USUAL.minPeers, by,
    says: 'with fewer peers than this, those nodes are tried every few seconds, and peers are asked for others',
  }),
  retryIntervalMs: setting({
    key: 'p2p.retry_interval', also: ['p2p.bootstrap.retry_interval', 'bootstrap.retry_interval'],
    kind: span({ least: 5 * second, most: 1 * hour }), usual: USUAL.retryIntervalMs, by,
    says: 'longest pause between two tries of a node to connect to',
  }),
  mdns: setting({
    key: 'p2p.mdns', also: ['p2p.bootstrap.mdns_enabled', 'bootstrap.mdns_enabled'], variables: ['GGEN_P2P_MDNS'], flag: 'mdns', option: '--mdns, --no-mdns',
    kind: yesOrNo, usual: true, by, says: 'find nodes on the local network',
  }),
  network: setting({
    key: 'p2p.network', variables: ['GGEN_NETWORK'], flag: 'network', option: '--network NAME', kind: networkName, usual: PUBLIC_NETWORK, by,
    says: 'network to join',
  }),
  topic: setting({
    key: 'p2p.packages_topic', also: ['p2p.topic', 'p2p.gossipsub.topic_prefix', 'gossipsub.topic_prefix'], flag: 'topic', option: '--topic NAME',
    kind: topicName, usual: undefined, by, says: 'topic over which releases are told',
    idle: 'every name that this topic ever had means the one topic of the network; choose `p2p.network` to be among yourselves',
  }),
  gossip: setting({
    key: 'p2p.gossip', variables: ['GGEN_P2P_GOSSIP'], kind: yesOrNo, usual: true, by, says: 'tell and relay releases as they come',
  }),
  syncEveryMs: setting({
    key: 'p2p.sync_every', kind: span({ least: LIMITS.syncShortestMs, most: LIMITS.syncLongestMs }), usual: LIMITS.syncEveryMs, by,
    says: 'compare catalogues with a peer',
  }),
  light: setting({
    key: 'p2p.light', flag: 'light', option: '--light', kind: yesOrNo, usual: false, by, says: 'keep no catalogue, ask peers instead',
  }),
  publishes: setting({
    key: 'p2p.publish', flag: 'publish', option: '--no-publish', kind: yesOrNo, usual: true, by, says: 'take what is to be published from here',
  }),
  idleExitMs: setting({
    key: 'p2p.idle_exit', flag: 'idle', option: '--idle TIME', kind: orOff(span({ least: 1 * second, most: 24 * hour })), usual: 'off', by,
    says: 'end by itself when nobody has asked anything for so long',
  }),
  isDhtServer: setting({
    key: 'p2p.dht_server', also: ['p2p.dht_server_mode', 'p2p.dht.server_mode'], variables: ['GGEN_P2P_DHT_SERVER'], flag: 'dhtServer', option: '--dht-server',
    kind: yesOrNo, usual: undefined, usually: '`true`; `false` with `p2p.light`', by, says: 'others find peers, and who holds what, through this node',
  }),
  bulkPort: setting({
    key: 'p2p.bulk_port', variables: ['GGEN_BULK_PORT'], flag: 'bulkPort', option: '--bulk-port PORT', kind: port(0), usual: 4002, by,
    usually: '`4002`; a free port when that one is taken', says: 'port for the bytes of packages',
  }),
  maxConnections: setting({
    key: 'p2p.max_connections',
    also: ['p2p.network.max_connections', 'network.max_connections', 'registry.p2p.tuning.max_connections', 'performance.max_peers'],
    variables: ['GGEN_P2P_MAX_CONNECTIONS'], usual: USUAL.maxConnections, by,
    kind: whole({ least: 10, most: LIMITS.connections, cut: 'all other limits of a node are made for that' }),
    says: 'connections, both ways together; others open at most three fifths of them',
  }),
  connectionTimeoutMs: setting({
    key: 'p2p.connection_timeout', also: ['p2p.network.connection_timeout', 'network.connection_timeout'],
    kind: span({ least: 1 * second, most: 1 * minute }), usual: USUAL.connectionTimeoutMs, by, says: 'time for opening one connection',
  }),
  idleTimeoutMs: setting({
    key: 'p2p.idle_timeout', also: ['p2p.network.idle_timeout', 'network.idle_timeout'],
    kind: span({ least: 10 * second, most: 10 * minute }), usual: USUAL.idleTimeoutMs, by,
    says: 'try each connection this often, and close it when nobody answers',
  }),
  requestTimeoutMs: setting({
    key: 'p2p.request_timeout', also: ['p2p.request_timeout_secs', 'registry.p2p.tuning.request_timeout_secs'],
    kind: span({ least: 1 * second, most: LIMITS.askTimeoutMs, cut: 'whoever is asked gives up after that' }), usual: USUAL.requestTimeoutMs, by,
    says: 'time for one question to a peer',
  }),
  protocols: setting({
    key: 'p2p.protocols', also: ['p2p.network.protocols', 'network.protocols'], kind: transports, usual: ['tcp'], by,
    says: 'transports', idle: 'nodes speak TCP',
  }),
  replicationFactor: setting({
    key: 'p2p.dht.replication_factor', also: ['dht.replication_factor', 'registry.p2p.tuning.dht_replication_factor'], variables: ['GGEN_DHT_REPLICATION'],
    kind: whole({ least: 3, most: LIMITS.rendezvousClosest, cut: FEW }), usual: USUAL.replicationFactor, by,
    says: 'peers that are told who holds a package, and asked for it',
  }),
  queryTimeoutMs: setting({
    key: 'p2p.dht.query_timeout', also: ['dht.query_timeout', 'p2p.query_timeout_secs', 'p2p.dht.query_timeout_secs', 'performance.dht_query_timeout'],
    variables: ['GGEN_DHT_QUERY_TIMEOUT'], kind: span({ least: 1 * second, most: 2 * minute }), usual: USUAL.queryTimeoutMs, by,
    says: 'time for looking who holds a package',
  }),
  providerRecords: setting({
    key: 'p2p.dht.cache_size', also: ['dht.cache_size'], kind: whole({ least: 100, most: LIMITS.rendezvousEntries, cut: 'more would not fit' }), by,
    usual: USUAL.providerRecords, says: 'entries of who holds what, kept for others',
  }),
  providerRecordTtlMs: setting({
    key: 'p2p.dht.provider_record_ttl', also: ['dht.provider_record_ttl'], kind: span({ least: 1 * hour, most: 48 * hour }), by,
    usual: USUAL.providerRecordTtlMs, says: 'keep such an entry for',
  }),
  dhtProtocol: one('/ggen/marketplace/1.0.0', {
    key: 'p2p.dht.protocol_name', also: ['dht.protocol_name'], says: 'name of the protocol over which peers find each other',
  }),
  meshSize: setting({
    key: 'p2p.gossipsub.mesh_n', also: ['gossipsub.mesh_n'], variables: ['GGEN_GOSSIP_MESH_SIZE'], kind: whole({ least: 3, most: 16 }), by,
    usual: USUAL.meshSize, says: 'peers that gossip is sent on to',
  }),
  meshLow: setting({
    key: 'p2p.gossipsub.mesh_n_low', also: ['gossipsub.mesh_n_low'], kind: whole({ least: 2, most: 16 }), usual: undefined, by,
    usually: '`4`, or `p2p.gossipsub.mesh_n` where that is less', says: 'look for more of them below this number',
  }),
  meshHigh: setting({
    key: 'p2p.gossipsub.mesh_n_high', also: ['gossipsub.mesh_n_high'], kind: whole({ least: 3, most: 32 }), usual: undefined, by,
    usually: '`12`, or twice `p2p.gossipsub.mesh_n` where that is more', says: 'let some of them go above this number',
  }),
  heartbeatMs: setting({
    key: 'p2p.gossipsub.heartbeat_interval',
    also: ['gossipsub.heartbeat_interval', { key: 'performance.gossipsub_heartbeat', kind: span({ least: 500, most: 10 * second }) }],
    kind: span({ least: 500, most: 10 * second }, 'ms'), usual: USUAL.heartbeatMs, by, says: 'tend to the mesh of gossip',
  }),
  historyLength: setting({
    key: 'p2p.gossipsub.history_length', also: ['gossipsub.history_length'], kind: whole({ least: 1, most: 60 }), usual: USUAL.historyLength, by,
    says: 'keep a message for those who ask, in heartbeats; never shorter than a check of it may take',
  }),
  historyGossip: setting({
    key: 'p2p.gossipsub.history_gossip', also: ['gossipsub.history_gossip'], kind: whole({ least: 1, most: 15 }), usual: USUAL.historyGossip, by,
    says: 'tell of a message, in heartbeats',
  }),
  peerKeyPath: setting({
    key: 'p2p.identity_path', also: ['p2p.security.identity_path', 'security.identity_path'], kind: filePath, usual: undefined, by,
    usually: '`keys/` in the home folder', says: 'file of the key that names this node',
  }),
  strikes: setting({
    key: 'p2p.security.ban_threshold', also: ['security.ban_threshold'], kind: whole({ least: 1, most: 10 }), usual: USUAL.strikes, by,
    says: 'provable faults of a peer, after which it is banned for an hour',
  }),
  minPeerReputation: setting({
    key: 'p2p.security.min_peer_reputation', also: ['security.min_peer_reputation'], kind: decimal({ least: 0, most: 1 }), usual: undefined, by,
    says: 'least reputation of a peer', idle: 'how well a peer served decides who is asked first, and shuts nobody out; bytes count by their hash',
  }),
  noise: setting({
    key: 'p2p.security.noise_enabled', also: ['security.noise_enabled', 'security.enable_tls', 'p2p.security.enable_tls'], kind: yesOrNo, usual: true, by,
    says: 'encrypt connections', idle: ENCRYPTED,
  }),
  keyType: one('Ed25519', { key: 'p2p.security.key_type', also: ['security.key_type'], says: 'kind of the key that names this node' }),
  latitude: setting({
    key: 'location.latitude', also: ['p2p.location.latitude'], kind: decimal({ least: -90, most: 90 }), usual: undefined, by,
    says: 'where this node is', idle: 'the quickest peers are found by asking them, and nobody is told where you are',
  }),
  longitude: setting({
    key: 'location.longitude', also: ['p2p.location.longitude'], kind: decimal({ least: -180, most: 180 }), usual: undefined, by,
    says: 'where this node is', idle: 'as for `location.latitude`',
  }),
  region: setting({
    key: 'location.region', also: ['p2p.location.region'], kind: anyText, usual: undefined, by,
    says: 'where this node is', idle: 'as for `location.latitude`',
  }),
}
