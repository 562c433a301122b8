import { GgenError } from '#core'

/** Why bytes are not an op. Closed; carried as `details.reason` of every `op-invalid`. */
export type OpFault =
  | 'size'
  | 'cbor'
  | 'envelope'
  | 'canonical'
  | 'version'
  | 'type'
  | 'schema'
  | 'name'
  | 'semver'
  | 'key'
  | 'signature'

/** Throws `op-invalid` with this reason. Messages name the field, never its content: content comes from strangers. */
export const refuse: (reason: OpFault, message: string, cause?: unknown) => never = (reason, message, cause) => {
  throw new GgenError('op-invalid', message, { details: { reason }, ...(cause !== undefined && { cause }) })
}

/** Throws `op-invalid` with this reason unless the condition holds. */
export const check: (holds: boolean, reason: OpFault, message: string) => asserts holds = (holds, reason, message) => {
  if (!holds) refuse(reason, message)
}
