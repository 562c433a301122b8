import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** What the tests use of the reference implementation by the author of the protocol (MIT). */
export interface ReferenceModule {
  readonly NegentropyStorageVector: new () => ReferenceSet
  readonly Negentropy: new (set: ReferenceSet, frameSizeLimit: number) => ReferenceSession
}

export interface ReferenceSet {
  insert(timestamp: number, id: Uint8Array): void
  seal(): void
}

export interface ReferenceSession {
  wantUint8ArrayOutput: boolean
  initiate(): Promise<Uint8Array>
  /** Next frame (nothing: done), ids that only this side has, and ids that only the other side has. */
  reconcile(frame: Uint8Array): Promise<[Uint8Array | null | undefined, readonly Uint8Array[], readonly Uint8Array[]]>
}

/** It comes inside a package of the leaf `tools/oracle`, which does not export it by name. */
export const loadReference = async (): Promise<ReferenceModule> => {
  const main = fileURLToPath(import.meta.resolve('applesauce-relay'))
  return (await import(pathToFileURL(join(dirname(main), 'lib', 'negentropy.js')).href)) as ReferenceModule
}
