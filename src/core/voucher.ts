import type { IdentityId } from './op-id.ts'

/** Who answers for a release: the publisher that signed it, or the index of an upstream that named its digest. */
export type Voucher =
  | { readonly identity: IdentityId; readonly source?: never }
  | {
      /** What may be told of where the index is: its address, or `folder:NAME`. */
      readonly source: string
      readonly identity?: never
    }
