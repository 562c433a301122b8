import { parsePackageSpec } from '#core'
import type { Run } from './context.ts'
import { type WhomFlags, whomToAsk } from './whom-to-ask.ts'

/** `ggen info`: everything known of one package. */
export const describePackage =
  (spec: string, flags: WhomFlags = {}): Run =>
  async (context) => {
    parsePackageSpec(spec)
    const { registries } = await whomToAsk(flags, context)
    return { kind: 'described', value: await context.client.info(spec, context.deadline.signal, registries) }
  }

/** `ggen info --sources`: the receipt of the archive that the node holds. */
export const describeSources =
  (spec: string, flags: WhomFlags = {}): Run =>
  async (context) => {
    parsePackageSpec(spec)
    const { registries } = await whomToAsk(flags, context)
    return { kind: 'sources', value: await context.client.sources(spec, context.deadline.signal, registries) }
  }
