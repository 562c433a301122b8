import { digestOf, type IdentityId, type OpId, parsePackageName, parseVersion, registryIdOf } from '#core'
import type { DeliveryTarget, PublishReceipt } from '#marketplace'

const CENTRAL = registryIdOf(new URL('https://packages.example'))

/** What becomes of what lies in these folders at a registry; what lies in others is handed to none. */
const TARGETS: ReadonlyMap<string, DeliveryTarget> = new Map([
  ['shared-pack', { target: CENTRAL, state: 'stored' }],
  ['late-pack', {
    target: CENTRAL, state: 'pending',
    error: { code: 'registry-unreachable', message: 'central does not answer', hint: 'check registry.central_url' },
  }],
])

export const isHandedOver = (folder: string): boolean => TARGETS.has(folder)

export interface Signed {
  readonly identity: IdentityId
  readonly op: OpId
  readonly bytes: Uint8Array
}

export interface Folder {
  readonly folder: string
  /** Nobody else is told of it. */
  readonly isForPeers: boolean
}

/** The receipt of version 1.0.0 of what lies in a folder. */
export const cannedReceipt = ({ folder, isForPeers }: Folder, { identity, op, bytes }: Signed): PublishReceipt => {
  const signed = { name: parsePackageName(folder), version: parseVersion('1.0.0'), identity, digest: digestOf(bytes), sizeBytes: bytes.length, op }
  const target = isForPeers ? undefined : TARGETS.get(folder)
  return { ...signed, holders: 1, ...(target !== undefined && { targets: [target] }) }
}
