import { resolve } from 'node:path'
import { parsePackageSpec } from '#core'
import type { Run } from './context.ts'

export interface InstallOptions {
  readonly spec: string
  /** Relative to the working folder. */
  readonly folder: string
}

/** `ggen install`: the node brings the archive, this process verifies it again and makes files of it. */
export const install =
  ({ spec, folder }: InstallOptions): Run =>
  async ({ world, environment, client, deadline, watchFetch }) => {
    const { signal } = deadline
    const release = await watchFetch(parsePackageSpec(spec).name, (onProgress) => client.fetch(spec, signal, onProgress))
    const bytes = client.readBlob(release.digest, signal)
    const path = await world.install({ release, bytes, folder: resolve(environment.platform.workingFolder, folder), signal })
    const { name, version, identity, digest, sources, resumedBytes, wastedBytes, durationMs, proof } = release
    const fresh = { name, version, identity, digest, path, sources, resumedBytes, wastedBytes, durationMs, proof }
    return { kind: 'installed', value: { installed: [fresh] } }
  }
