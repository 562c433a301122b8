import { randomUUID } from 'node:crypto'

/** The token that is always there. */
export const ALICE_TOKEN = 'token-of-alice'

/** Who may do what: everybody who has a token may do everything. */
export class StubAccounts {
  readonly #users = new Map([[ALICE_TOKEN, 'alice']])
  readonly #logins = new Map<string, number>()

  /** Whom an `Authorization` header names. */
  userOf(authorization: string | undefined): string | undefined {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1]
    if (token !== undefined) return this.#users.get(token)
    const basic = /^Basic (.+)$/i.exec(authorization ?? '')?.[1]
    return basic === undefined ? undefined : Buffer.from(basic, 'base64').toString().split(':')[0]
  }

  newToken(user: string): string {
    const token = `token-of-${user}-${randomUUID()}`
    this.#users.set(token, user)
    return token
  }

  revoke(token: string): void {
    this.#users.delete(token)
  }

  /** Begins a login in the browser. */
  beginLogin(): string {
    const id = randomUUID()
    this.#logins.set(id, 0)
    return id
  }

  /** Its token, from the second time on that somebody asks; undefined: not yet, or no such login. */
  finishLogin(id: string): string | undefined {
    const looks = this.#logins.get(id)
    if (looks === undefined) return undefined
    this.#logins.set(id, looks + 1)
    return looks === 0 ? undefined : this.newToken('alice')
  }
}
