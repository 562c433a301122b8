import { Secret } from './secret.ts'
import type { UpstreamAddress } from './upstream-address.ts'

/** What one shows at a registry. */
export interface Credentials {
  /** The whole header `authorization`; absent where a certificate is all. */
  readonly authorization?: Secret
  /** Files with the own certificate and its key, where the registry asks for one. */
  readonly certificate?: { readonly certfile: string; readonly keyfile: string }
}

/** The value of a key of npm's configuration. */
export type ValueOf = (key: string) => string | undefined

const basic = (user: string, password: string): Secret => new Secret(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`)

const authorizationAt = (place: string, valueOf: ValueOf): Secret | undefined => {
  const [token, auth] = [valueOf(`${place}:_authToken`), valueOf(`${place}:_auth`)]
  if (token !== undefined) return new Secret(`Bearer ${token}`)
  if (auth !== undefined) return new Secret(`Basic ${auth}`)
  const [user, password] = [valueOf(`${place}:username`), valueOf(`${place}:_password`)]
  return user === undefined || password === undefined ? undefined : basic(user, Buffer.from(password, 'base64').toString('utf8'))
}

const credentialsOf = (place: string, valueOf: ValueOf): Credentials | undefined => {
  const authorization = authorizationAt(place, valueOf)
  const [certfile, keyfile] = [valueOf(`${place}:certfile`), valueOf(`${place}:keyfile`)]
  const certificate = certfile === undefined || keyfile === undefined ? undefined : { certfile, keyfile }
  if (authorization === undefined && certificate === undefined) return undefined
  return { ...(authorization && { authorization }), ...(certificate && { certificate }) }
}

/** `//host/a/b/`, `//host/a/b`, `//host/a/`, … down to `//host`: npm takes the longest of these that says something. */
const placesOf = ({ host, pathname }: URL): readonly string[] => {
  const places = [`//${host}${pathname}`]
  for (let place = places[0] ?? ''; place.length > `//${host}`.length;) {
    place = place.replace(/(?:[^/]+|\/)$/, '')
    places.push(place)
  }
  return places
}

const inFolders = (url: URL, valueOf: ValueOf): Credentials | undefined => {
  for (const place of placesOf(url)) {
    const found = credentialsOf(place, valueOf)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * What to show at an address, as npm finds it: by host and path. `registries` are those that are configured: on the host of one of them its credentials go for
 * addresses elsewhere on it as well. None over http where no registry of that host is configured over http: a document could otherwise make a token travel in
 * the clear.
 */
export const credentialsAt = (address: string, registries: readonly UpstreamAddress[], valueOf: ValueOf): Credentials | undefined => {
  const url = URL.parse(address)
  if (url === null) return undefined
  const onHost = registries.map((registry) => new URL(registry)).filter(({ host, protocol }) => host === url.host && protocol === url.protocol)
  if (url.protocol !== 'https:' && onHost.length === 0) return undefined
  for (const place of [url, ...onHost]) {
    const found = inFolders(place, valueOf)
    if (found !== undefined) return found
  }
  return undefined
}
