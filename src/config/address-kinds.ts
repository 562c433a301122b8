import { GgenError, isGgenError, type Multiaddr, parseMultiaddr, parsePeerId, peerOfMultiaddr } from '#core'
import { invalid, isTable, type Kind, type Place, short, textual, texts, valueOf } from './kind.ts'

const LISTEN_ADDRESSES = 16
const BOOTSTRAP_ADDRESSES = 64
const NETWORK = /^[a-z0-9-]{1,32}$/
const TCP_LISTENER = /^\/ip[46]\/[^/]+\/tcp\/\d+$/

/** Parses one address, or the older spelling `PEER@ADDRESS`; throws `address-invalid` that names where it stands. */
const readAddress = (text: string, from: string): Multiaddr => {
  try {
    return parseMultiaddr(text.trim())
  } catch (error) {
    if (!isGgenError(error, 'address-invalid')) throw error
    throw new GgenError('address-invalid', `${from}: ${error.message}`, { cause: error })
  }
}

/**
 * Each listen address once, at least one, at most 16. Addresses of transports that this program does not speak become remarks as long as one usable
 * address is left; `address-invalid` when none is.
 */
export const listenAddresses: Kind<readonly Multiaddr[]> = texts((given, { from, remark }) => {
  const addresses = [...new Set(given.map((text) => readAddress(text, from)))]
  if (addresses.length === 0) throw invalid(from, 'give at least one address, or leave it out')
  if (addresses.length > LISTEN_ADDRESSES) throw invalid(from, `at most ${LISTEN_ADDRESSES} addresses`)
  const unusable = addresses.filter((address) => !TCP_LISTENER.test(address))
  if (unusable.length === addresses.length) {
    throw new GgenError('address-invalid', `${from}: cannot listen on ${unusable.join(', ')}`, {
      hint: 'listen addresses look like /ip4/0.0.0.0/tcp/4001 or /ip6/::/tcp/4001',
    })
  }
  for (const address of unusable) remark(`${from}: ${address} has no effect, only /ip4|ip6/…/tcp/… can be listened on`)
  return addresses.filter((address) => TCP_LISTENER.test(address))
})

const readPeer = (text: string, from: string): string => {
  try {
    return parsePeerId(text)
  } catch (error) {
    if (!isGgenError(error, 'address-invalid')) throw error
    throw invalid(from, error.message)
  }
}

/** An address, or a table of `peer_id` and `address`. */
const readNode = (node: unknown, from: string): Multiaddr => {
  if (typeof node === 'string') return readAddress(node, from)
  if (!isTable(node)) throw invalid(from, 'each entry is an address, or has peer_id and address')
  const stray = Object.keys(node).find((key) => key !== 'address' && key !== 'peer_id')
  if (stray !== undefined) throw invalid(from, `an entry has peer_id and address, and no ${short(stray)}`)
  const address = valueOf(node, 'address')
  const peer = valueOf(node, 'peer_id')
  if (typeof address !== 'string') throw invalid(from, 'an entry has no address')
  const parsed = readAddress(address, from)
  if (peer === undefined) return parsed
  const named = peerOfMultiaddr(parsed)
  if (typeof peer !== 'string') throw invalid(from, 'peer_id must be a text')
  if (named !== undefined && named !== peer) throw invalid(from, `peer_id is ${peer.slice(0, 64)}, but the address names ${named}`)
  return named === undefined ? readAddress(`${parsed}/p2p/${readPeer(peer, from)}`, from) : parsed
}

const readNodes = (nodes: readonly unknown[], { from }: Place): readonly Multiaddr[] => {
  const unique = [...new Set(nodes.map((node) => readNode(node, from)))]
  if (unique.length > BOOTSTRAP_ADDRESSES) throw invalid(from, `at most ${BOOTSTRAP_ADDRESSES} addresses`)
  return unique
}

/** Addresses of other nodes, each once, at most 64: texts, or tables of `peer_id` and `address`. */
export const nodeAddresses: Kind<readonly Multiaddr[]> = {
  ...texts<Multiaddr>(readNodes),
  fromToml: (value, place) => {
    if (Array.isArray(value)) return readNodes(value, place)
    throw invalid(place.from, 'must be a list')
  },
  schema: {
    type: 'array',
    maxItems: BOOTSTRAP_ADDRESSES,
    items: {
      anyOf: [
        { type: 'string' },
        { type: 'object', required: ['address'], properties: { peer_id: { type: 'string' }, address: { type: 'string' } }, additionalProperties: false },
      ],
    },
  },
}

/** 1 to 32 of `a-z 0-9 -`. */
export const networkName: Kind<string> = textual(
  (text, { from }) => {
    if (NETWORK.test(text)) return text
    throw invalid(from, `a network name has 1 to 32 of a-z, 0-9 and hyphen, not ${JSON.stringify(text.slice(0, 64))}`)
  },
  { type: 'string', pattern: NETWORK.source },
)

/** How documents of before name the one topic over which releases are told. */
const TOPICS: ReadonlySet<string> = new Set([
  '/ggen/packages/v1', '/packages/v1', 'ggen/packages', 'ggen/packages/announce', 'ggen-marketplace', 'ggen-marketplace/updates',
])
const OWN_TOPIC = /^\/ggen\/[a-z0-9-]{1,32}\/ops\/1$/

/** Any name that the one topic of a network ever had. Others are refused: a node that used one would hear nobody. */
export const topicName: Kind<string> = textual((text, { from }) => {
  if (TOPICS.has(text) || OWN_TOPIC.test(text)) return text
  const hint = 'to be among yourselves, choose a network: p2p.network, GGEN_NETWORK or --network'
  throw invalid(from, `a network has one topic, and ${short(text)} is none of its names`, hint)
})

/** Transports by name, upper or lower case. TCP must be among them; the others become a remark. */
export const transports: Kind<readonly string[]> = texts((given, { from, remark }) => {
  const names = [...new Set(given.map((name) => name.toLowerCase()))]
  const strange = names.find((name) => !['tcp', 'quic', 'websocket'].includes(name))
  if (strange !== undefined) throw invalid(from, `knows TCP, QUIC and WebSocket, not ${short(strange)}`)
  if (!names.includes('tcp')) throw invalid(from, 'must have TCP in it: nodes speak that')
  const others = names.filter((name) => name !== 'tcp')
  if (others.length > 0) remark(`${from}: ${others.join(', ')} has no effect, nodes speak TCP`)
  return ['tcp']
})
