import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { connectRegistry, type P2PEventOrGap, P2PRegistryBuilder, type PackageRegistry, type SearchOptions } from 'ggen'

interface OfHome {
  readonly home: string
}

export interface StartOptions extends OfHome {
  readonly listen: string
  readonly bootstrap: readonly string[]
  readonly mdns: boolean
}

/** Runs a node until Ctrl+C, and says what happens. */
export const start = async ({ home, listen, bootstrap, mdns }: StartOptions): Promise<void> => {
  const builder = new P2PRegistryBuilder({ home, mdns }).withListenAddresses([listen]).withBootstrapNodes(bootstrap).withControlSocket()
  await using registry = await builder.build()
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort())
  const events = registry.events(interrupted)
  const { peerId, addresses } = await registry.startListening(interrupted)
  console.log(`node ${peerId}`)
  for (const address of addresses) console.log(`listens on ${address}`)
  console.log('others start with: --bootstrap ADDRESS, one of those above; Ctrl+C stops it')
  void registry.whenStopped().then(() => interrupted.abort())
  for await (const event of events) console.log(lineOf(event))
}

const lineOf = (event: P2PEventOrGap): string => {
  switch (event.type) {
    case 'PeerConnected':
      return `connected: ${event.peer}`
    case 'PeerDisconnected':
      return `gone: ${event.peer}`
    case 'PackageAnnounced':
      return `known now: ${event.name}@${event.version} (${event.source})`
    case 'GossipReceived':
      return `told by a peer: ${event.record} of ${event.name}@${event.version}`
    case 'DHTQueryComplete':
      return `found ${event.providers} holders of ${event.digest}`
    case 'DHTStoreComplete':
      return `told of ${event.digest}`
    case 'missed':
      return `${event.count} events were left out`
  }
}

export interface PublishOptions extends OfHome {
  readonly name: string
  readonly version: string
  readonly category: string
  readonly tags?: readonly string[]
  readonly description?: string
  /** Paths of files to put into the package. */
  readonly files: readonly string[]
}

/** Publishes a package that is made here and now. The first time it makes a publisher, too. */
export const publish = async ({ home, files: paths, ...described }: PublishOptions): Promise<void> => {
  const registry = await connectRegistry({ home, passphrase: process.env['GGEN_PASSPHRASE'] || false })
  if ((await registry.publisher()) === undefined) await makePublisher(registry)
  const files = Object.fromEntries(await Promise.all(paths.map(async (path): Promise<[string, Buffer]> => [basename(path), await readFile(path)])))
  const { name, version, digest, sizeBytes, holders } = await registry.publish({ ...described, files: { 'README.md': `# ${described.name}\n`, ...files } })
  console.log(`published ${name}@${version}: ${sizeBytes} bytes, ${digest}, ${holders} ${holders === 1 ? 'provider' : 'providers'}`)
  await printStats(registry)
}

const makePublisher = async (registry: PackageRegistry): Promise<void> => {
  const { identity, recoveryWords } = await registry.createPublisher()
  console.log(`you are a publisher now: ${identity}`)
  console.log(`write these words down, they are shown once: ${recoveryWords}`)
}

/** Prints what matches, best first. */
export const search = async ({ home, words, ...options }: OfHome & { readonly words: string } & SearchOptions): Promise<void> => {
  const registry = await connectRegistry({ home })
  const { total, results } = await registry.search(words, options)
  console.log(`found ${total} ${total === 1 ? 'package' : 'packages'}`)
  for (const { name, version, category, score, holders, tags, description } of results) {
    console.log(`\n${name} v${version} (score: ${score.toFixed(2)})`)
    if (description !== '') console.log(`  ${description}`)
    console.log(`  category: ${category}\n  tags: ${tags.join(', ')}\n  providers: ${holders}`)
  }
}

/** Prints everything that is known of one release. */
export const get = async ({ home, spec }: OfHome & { readonly spec: string }): Promise<void> => {
  const registry = await connectRegistry({ home })
  const { name, version, standing, identity, summary, digest, sizeBytes, holders, versions, publishedAt } = await registry.get(spec)
  console.log(`${name}@${version}${standing === 'live' ? '' : ` (${standing})`}`)
  const fields = {
    publisher: identity, ...(publishedAt !== undefined && { published: new Date(publishedAt * 1000).toISOString() }),
    description: summary.description, category: summary.category,
    tags: summary.tags.join(', '), license: summary.license, author: summary.author, digest, size: `${sizeBytes} bytes`, providers: String(holders),
    versions: versions.map((one) => one.version).join(', '),
  }
  for (const [key, value] of Object.entries(fields)) if (value !== '') console.log(`  ${key}: ${value}`)
}

/** Prints the figures of the node; asks nobody else, so that it can be repeated every few seconds. */
export const stats = async ({ home }: OfHome): Promise<void> => {
  await printStats(await connectRegistry({ home }))
}

const printStats = async (registry: PackageRegistry): Promise<void> => {
  const { connected_peers, total_peers, cached_packages, provider_records, gossip_topics } = await registry.stats()
  const rows = {
    'connected peers': connected_peers, 'total peers': total_peers, 'cached packages': cached_packages, 'provider records': provider_records,
    'gossip topics': gossip_topics,
  }
  for (const [label, count] of Object.entries(rows)) console.log(`${label}: ${count}`)
}
