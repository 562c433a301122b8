import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { writeFile } from 'node:fs/promises'
import { type Clock, Events, FINISHED, GgenError } from '#core'
import { Depot, type DepotParts, type NpmPolicy } from '#depot'
import type { Network } from '#network'
import { NpmSources } from '#node'
import { makeForm } from '#npm'
import { systemClock } from '#node/system'
import { type BlobStore, memoryBlobStore, memoryNpmRecords, memoryTrustStore, type NpmRecords } from '#store'
import { temporaryFolder } from '#testing'

/** A depot with real connections to upstreams, and everything else in memory. */
export interface DepotScene {
  readonly depot: Depot
  readonly records: NpmRecords
  readonly blobs: BlobStore
  readonly npmrcPath: string
}

export interface DepotSceneOptions {
  readonly network?: Network
  readonly sharesPrivate?: boolean
  readonly clock?: Clock
  readonly policy?: Partial<NpmPolicy>
  readonly events?: Events
  readonly fetchFrom?: DepotParts['fetchFrom']
}

const NOBODY = { self: 'nobody', peers: () => [] } as unknown as Network

/** Opens one that asks what an `.npmrc` says. */
export const openDepotScene = async (context: TestContext, npmrc: string, options: DepotSceneOptions = {}): Promise<DepotScene> => {
  const folder = await temporaryFolder()
  context.after(() => folder[Symbol.asyncDispose]())
  const npmrcPath = join(folder.path, '.npmrc')
  await writeFile(npmrcPath, npmrc)
  const sources = await NpmSources.open({
    configuration: {
      variables: {}, userFile: npmrcPath, globalFile: undefined,
      usualRegistry: async () => {
        throw new GgenError('config-invalid', 'the scene names its registries')
      },
    },
    clock: systemClock, ownDoors: () => [], userAgent: 'ggen/test',
  })
  const { network = NOBODY, sharesPrivate = false, clock = systemClock, fetchFrom = async () => Promise.reject(FINISHED) } = options
  const [records, blobs] = [memoryNpmRecords(), memoryBlobStore()]
  const depot = new Depot({
    sources, records, blobs, network, sharesPrivate, fetchFrom, clock,
    events: options.events ?? new Events(),
    makeForm: async (job) => makeForm(job),
    isTeam: () => true,
    withholds: () => false,
    kept: memoryTrustStore().archives,
    claimants: () => [],
    policy: { acceptedKeys: new Set(), denied: [], minAgeMs: 0, believesTeam: false, ...options.policy },
  })
  context.after(async () => {
    await depot[Symbol.asyncDispose]()
    await sources[Symbol.asyncDispose]()
    await blobs[Symbol.asyncDispose]()
    records[Symbol.dispose]()
  })
  return { depot, records, blobs, npmrcPath }
}
