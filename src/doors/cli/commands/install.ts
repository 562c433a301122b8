import { resolve } from 'node:path'
import { type IdentityId, parsePackageSpec } from '#core'
import type { Run } from './context.ts'

export interface InstallOptions {
  readonly spec: string
  /** Relative to the working folder. */
  readonly folder: string
  /** The publisher that the user chose for this name. */
  readonly trust?: IdentityId
  readonly acceptDowngrade?: boolean
}

/** `ggen install`: the node brings the archive, this process verifies it again and makes files of it. */
export const install =
  ({ spec, folder: given, ...decided }: InstallOptions): Run =>
  async ({ world, environment, client, deadline, watchFetch }) => {
    const { signal } = deadline
    const { name: wanted } = parsePackageSpec(spec)
    const folder = resolve(environment.platform.workingFolder, given)
    const locked = (await world.listInstalled(folder)).find((one) => one.name === wanted)?.identity
    const question = { spec, ...decided, ...(locked !== undefined && { locked }) }
    const release = await watchFetch(wanted, (onProgress) => client.fetch(question, signal, onProgress))
    const bytes = client.readBlob(release.digest, signal)
    const path = await world.install({ release, bytes, folder, signal })
    const { name, version, identity, digest, sources, resumedBytes, wastedBytes, durationMs, proof } = release
    const fresh = { name, version, identity, digest, path, sources, resumedBytes, wastedBytes, durationMs, proof }
    return { kind: 'installed', value: { installed: [fresh] } }
  }
