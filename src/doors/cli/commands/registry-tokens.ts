import type { RegistryTokens } from '#doors/central'
import type { Context, Run } from './context.ts'
import { readConfig } from './read-config.ts'

export interface TokenRequest {
  readonly label: string
  readonly names: readonly string[]
  readonly forMs: number
}

/** `ggen registry token create` */
export const createToken =
  (request: TokenRequest): Run =>
  async (context) => {
    const { token, made } = await (await tokensOf(context)).create(request)
    return { kind: 'token-made', value: { ...made, token } }
  }

/** `ggen registry token list` */
export const listTokens = (): Run => async (context) => ({ kind: 'tokens', value: { tokens: await (await tokensOf(context)).list() } })

/** `ggen registry token revoke` */
export const revokeToken = (id: string): Run => async (context) => ({ kind: 'token-revoked', value: await (await tokensOf(context)).revoke(id) })

const tokensOf = async (context: Context): Promise<RegistryTokens> => context.world.openTokens((await readConfig(context)).tokensPath)
