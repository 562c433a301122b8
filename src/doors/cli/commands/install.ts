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
  async ({ world, environment, client, deadline }) => {
    parsePackageSpec(spec)
    const { signal } = deadline
    const release = await client.fetch(spec, signal)
    const bytes = client.readBlob(release.digest, signal)
    const path = await world.install({ release, bytes, folder: resolve(environment.platform.workingFolder, folder), signal })
    const { name, version, identity, digest, sources } = release
    return { kind: 'installed', value: { installed: [{ name, version, identity, digest, path, sources }] } }
  }
