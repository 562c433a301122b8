import type { IdentityId, Op } from '#core'

/** Some ops, and sets of them whose views are known. */
export interface Scenario {
  readonly slug: string
  readonly description: string
  readonly identity: IdentityId
  readonly ops: Readonly<Record<string, Op>>
  readonly cases: readonly { readonly description: string; readonly ops: readonly string[] }[]
}

export const scenario = (slug: string, description: string, content: Omit<Scenario, 'slug' | 'description'>): Scenario => ({ slug, description, ...content })
