import { parsePackageSpec } from '#core'
import type { Run } from './context.ts'

/** `ggen info`: everything known of one package. */
export const describePackage =
  (spec: string): Run =>
  async ({ client, deadline }) => {
    parsePackageSpec(spec)
    return { kind: 'described', value: await client.info(spec, deadline.signal) }
  }

/** `ggen info --sources`: the receipt of the archive that the node holds. */
export const describeSources =
  (spec: string): Run =>
  async ({ client, deadline }) => {
    parsePackageSpec(spec)
    return { kind: 'sources', value: await client.sources(spec, deadline.signal) }
  }
