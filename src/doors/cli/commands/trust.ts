import { type IdentityId, parsePackageName } from '#core'
import type { Run } from './context.ts'

/** `ggen trust list` */
export const listTrusted =
  (): Run =>
  async ({ client, deadline }) => ({ kind: 'trusted', value: await client.trust(deadline.signal) })

/** `ggen trust add` */
export const addTrusted =
  (name: string, identity: IdentityId): Run =>
  async ({ client, deadline }) => ({ kind: 'bound', value: await client.trustAdd(parsePackageName(name), identity, deadline.signal) })

/** `ggen trust remove` */
export const removeTrusted =
  (name: string): Run =>
  async ({ client, deadline }) => ({ kind: 'unbound', value: await client.trustRemove(parsePackageName(name), deadline.signal) })

/** `ggen trust why` */
export const explainTrust =
  (name: string): Run =>
  async ({ client, deadline }) => ({ kind: 'explained', value: await client.trustWhy(parsePackageName(name), deadline.signal) })
