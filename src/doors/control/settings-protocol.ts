/** What JSON holds. */
export type JsonValue = string | number | boolean | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** A setting as a node took it when it started. A secret is only `set`. */
export interface TakenSetting {
  readonly key: string
  readonly value?: JsonValue
  /** The option, the variable, or file and key. */
  readonly from: { readonly kind: 'option' | 'variable' | 'file' | 'default'; readonly name: string }
}

/** `GET /v1/settings`: everything that a node heeds. */
export interface TakenSettingsReply {
  readonly settings: readonly TakenSetting[]
}
