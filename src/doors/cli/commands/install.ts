import { resolve } from 'node:path'
import { type IdentityId, parsePackageSpec } from '#core'
import type { FetchReply } from '#doors/control'
import { withAcceptance } from './accept-publisher.ts'
import type { Run } from './context.ts'

export interface InstallOptions {
  readonly spec: string
  /** Relative to the working folder. */
  readonly folder: string
  /** The publisher that the user chose for this name. */
  readonly trust?: IdentityId
  readonly acceptDowngrade?: boolean
  readonly acceptAdvisory?: boolean
}

/** `ggen install`: the node brings the archive, this process verifies it again and makes files of it. */
export const install =
  ({ spec, folder: given, ...decided }: InstallOptions): Run =>
  async (context) => {
    const { world, environment, client, deadline, watchFetch, show } = context
    const { name: wanted } = parsePackageSpec(spec)
    const folder = resolve(environment.platform.workingFolder, given)
    const locked = (await world.listInstalled(folder)).find((one) => one.name === wanted)?.identity
    const question = { spec, ...decided, ...(locked !== undefined && { locked }) }
    const fetch = (trust?: IdentityId): Promise<FetchReply> =>
      watchFetch(wanted, (onProgress) => client.fetch({ ...question, ...(trust !== undefined && { trust }) }, deadline.signal, onProgress))
    const release = await withAcceptance(fetch, context)
    const { lookAlikes = [] } = release
    if (lookAlikes.length > 0) show({ kind: 'alike', value: { name: wanted, lookAlikes } })
    const bytes = client.readBlob(release.digest, deadline.signal)
    const path = await world.install({ release, bytes, folder, signal: deadline.signal })
    const { name, version, identity, digest, sources, resumedBytes, wastedBytes, durationMs, proof } = release
    const alike = lookAlikes.length > 0 && { lookAlikes }
    const fresh = { name, version, identity, digest, path, sources, resumedBytes, wastedBytes, durationMs, proof, ...alike }
    return { kind: 'installed', value: { installed: [fresh] } }
  }
