import { createHash } from 'node:crypto'
import { posix, win32 } from 'node:path'
import { type BandwidthLimits, type NetworkTuning, USUAL_TUNING } from '#core'
import type { Config } from './config.ts'
import type { JoinedNetwork, Platform } from './environment.ts'
import { invalid } from './kind.ts'
import { PUBLIC_NETWORK } from './node-settings.ts'
import { findPlaces } from './places.ts'
import { type Reading, readSettings, type SettingsSources } from './read-settings.ts'
import type { Values } from './settings.ts'
import { shownSettings } from './show-settings.ts'

/** Everything a configuration is made of. */
export interface ConfigSources extends SettingsSources {
  readonly platform: Platform
}

const DEFAULT_BULK_PORT = 4002

/** A value that has a usual one, and is therefore there. */
const given = <T>(value: T | undefined): T => value as T

const meshOf = ({ values, origins }: Reading): Pick<NetworkTuning, 'meshSize' | 'meshLow' | 'meshHigh'> => {
  const meshSize = given(values.meshSize)
  const meshLow = values.meshLow ?? Math.min(USUAL_TUNING.meshLow, meshSize)
  const meshHigh = values.meshHigh ?? Math.max(USUAL_TUNING.meshHigh, 2 * meshSize)
  const { name } = [origins.meshSize, origins.meshLow, origins.meshHigh].findLast(({ kind }) => kind !== 'default') ?? origins.meshSize
  if (meshLow > meshSize || meshSize > meshHigh) {
    throw invalid(name, `mesh_n_low ${meshLow}, mesh_n ${meshSize} and mesh_n_high ${meshHigh} must not be less than the one before`)
  }
  return { meshSize, meshLow, meshHigh }
}

const isDhtServerOf = ({ values, origins }: Reading): boolean => {
  if (values.light === true && values.isDhtServer === true) {
    throw invalid(origins.isDhtServer.name, 'a node that keeps no catalogue (p2p.light, --light) serves nobody as a way to others; leave one of them out')
  }
  return values.isDhtServer ?? values.light !== true
}

const tuningOf = (reading: Reading): NetworkTuning => {
  const { values, origins } = reading
  const usual = Object.keys(USUAL_TUNING) as readonly (keyof NetworkTuning)[]
  const tuning = Object.fromEntries(usual.map((key) => [key, values[key]])) as unknown as NetworkTuning
  const { historyGossip, historyLength } = tuning
  if (historyGossip > historyLength) {
    const { name } = origins.historyLength.kind === 'default' ? origins.historyGossip : origins.historyLength
    throw invalid(name, `history_gossip ${historyGossip} must not be more than history_length ${historyLength}`)
  }
  return Object.freeze({ ...tuning, ...meshOf(reading), isDhtServer: isDhtServerOf(reading) })
}

const limitsOf = ({ up, down, perPeer }: Values): BandwidthLimits =>
  Object.fromEntries(Object.entries({ up, down, perPeer }).filter(([, limit]) => limit !== 'none'))

const unlessNone = (value: number | 'none' | 'off' | undefined): number | undefined => (typeof value === 'number' ? value : undefined)

/** A relative path begins in the home folder. */
const pathOf = (text: string | undefined, home: string, { os, userFolder }: Platform): string | undefined => {
  const path = os === 'win32' ? win32 : posix
  return text === undefined ? undefined : path.resolve(home, text.replace(/^~(?=$|[/\\])/, userFolder))
}

const trustOf = (values: Values): Config['trust'] =>
  Object.freeze({
    firstUse: given(values.firstUse),
    domains: given(values.domains),
    coolDownMs: given(values.coolDownMs),
    namespaces: given(values.namespaces),
  })

const registryOf = (values: Values): Config['registry'] =>
  Object.freeze({
    mode: given(values.mode),
    prefer: given(values.prefer),
    centralUrl: values.centralUrl,
    centralIsPrivate: given(values.centralIsPrivate),
    token: values.token,
    tokens: given(values.tokens),
    privateNames: Object.freeze(given(values.privateNames)),
    timeoutMs: given(values.timeoutMs),
    retries: given(values.retries),
    cachePackages: given(values.cachePackages),
    cacheTtlMs: given(values.cacheTtlMs),
  })

const npmOf = ({ npmKeys, npmDenied, npmMinAgeMs, npmRoutes, npmBelieveTeam }: Values, joined: JoinedNetwork | undefined): Config['npm'] =>
  Object.freeze({
    acceptedKeys: Object.freeze(given(npmKeys)), denied: Object.freeze(given(npmDenied)), minAgeMs: given(npmMinAgeMs), routes: given(npmRoutes),
    believesTeam: joined !== undefined && given(npmBelieveTeam),
  })

/** What is private is not asked of the public network, and told to it all the same: whoever sets the one must not believe the other. */
const toldInPublic = ({ values: { privateNames = [] }, origins }: Reading, isNetworkPrivate: boolean): readonly string[] =>
  privateNames.length === 0 || isNetworkPrivate ? [] : [
    `${origins.privateNames.name}: the public network is not asked for these names, but this node tells it what it knows of them: choose a network of your own`,
  ]

/** Networks of one name may have different keys. */
const dataFolderOf = (home: string, { os }: Platform, joined: JoinedNetwork | undefined): string => {
  if (joined === undefined) return home
  const path = os === 'win32' ? win32 : posix
  return path.join(home, 'networks', `${joined.name}-${createHash('sha256').update('ggen data').update(joined.key).digest('hex').slice(0, 8)}`)
}

/**
 * The one configuration that the sources add up to: flags win over the environment, that over the project's file, that over the user's, those over
 * defaults. Pure. Throws `config-invalid` or `address-invalid` that name where the wrong value came from.
 */
export const toConfig = ({ platform, ...sources }: ConfigSources): Config => {
  const reading = readSettings(sources)
  const { values, origins, remarks } = reading
  const places = findPlaces(sources.env, platform, sources.files.dotGgen)
  const { network: joined } = sources.files
  const isNetworkPrivate = joined !== undefined || values.network !== PUBLIC_NETWORK
  const isFromFile = origins.bootstrap.kind === 'file'
  return Object.freeze({
    ...places,
    disabledBy: values.enabled === true ? undefined : origins.enabled.name,
    listen: Object.freeze(given(values.listen)),
    listenIsDefault: origins.listen.kind === 'default',
    bootstrap: Object.freeze(isFromFile && values.bootstrapEnabled === false ? [] : given(values.bootstrap)),
    mdns: given(values.mdns),
    network: given(values.network),
    joined,
    isNetworkPrivate,
    dataFolder: dataFolderOf(places.home, platform, joined),
    gossip: given(values.gossip),
    syncEveryMs: given(values.syncEveryMs),
    light: given(values.light),
    publishes: given(values.publishes),
    idleExitMs: unlessNone(values.idleExitMs),
    tuning: tuningOf(reading),
    peerKeyPath: pathOf(values.peerKeyPath, places.home, platform),
    tokensPath: given(pathOf(values.tokensPath ?? 'registry-tokens.json', places.home, platform)),
    bulkPort: values.bulkPort === 0 ? DEFAULT_BULK_PORT : unlessNone(values.bulkPort),
    bulkPortIsDefault: origins.bulkPort.kind === 'default' || values.bulkPort === 0,
    controlPort: unlessNone(values.controlPort),
    httpPort: unlessNone(values.httpPort),
    httpPortIsDefault: origins.httpPort.kind === 'default',
    limits: Object.freeze(limitsOf(values)),
    quotaBytes: unlessNone(values.quota),
    catalogueQuotaBytes: unlessNone(values.catalogueQuota),
    trust: trustOf(values),
    registry: registryOf(values),
    npm: npmOf(values, joined),
    seed: Object.freeze({ follow: Object.freeze(given(values.follow)), all: given(values.all) }),
    searchLimit: given(values.searchLimit),
    settings: Object.freeze(shownSettings(reading).filter(({ by, idle }) => by === 'node' && idle === undefined)),
    remarks: Object.freeze([...remarks, ...toldInPublic(reading, isNetworkPrivate)]),
  })
}
