import type { Run } from './context.ts'

export interface TokenRequest {
  readonly label: string
  readonly names: readonly string[]
  readonly forMs: number
}

/** `ggen registry token create` */
export const createToken =
  (request: TokenRequest): Run =>
  async ({ world, places }) => {
    const { token, made } = await (await world.openTokens(places.home)).create(request)
    return { kind: 'token-made', value: { ...made, token } }
  }

/** `ggen registry token list` */
export const listTokens = (): Run => async ({ world, places }) =>
  ({ kind: 'tokens', value: { tokens: await (await world.openTokens(places.home)).list() } })

/** `ggen registry token revoke` */
export const revokeToken =
  (id: string): Run =>
  async ({ world, places }) =>
    ({ kind: 'token-revoked', value: await (await world.openTokens(places.home)).revoke(id) })
