import type { PublicKey, ReleaseKey, Revocation, Role, Roles } from '#core'
import { booleanOf, checkDistinct, type Fields, fieldsOf, listOf, MAX_SECONDS, opLinkOf, packageNameOf, publicKeyOf, textOf, uintOf } from './fields.ts'
import { isNameGlob } from './name-glob.ts'
import { check, refuse } from './op-fault.ts'

const MAX_ROLE_KEYS = 16
const MAX_RELEASE_KEYS = 32
const MAX_GLOBS = 32
const MAX_NEED = 8
const MAX_REVOKED_KEYS = 64
const MAX_REVOKED_FEEDS = 64
const MAX_DOMAINS = 8
const MAX_DOMAIN_CHARS = 253
const LABEL_CHARS = 32

const HOSTNAME = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

/** The keys of the map that `readRoles` reads. */
export const ROLES_KEYS = ['root', 'recovery', 'release', 'need'] as const

const readRole = (value: unknown, path: string): Role => {
  const fields = fieldsOf(value, path, { required: ['keys', 'need'] })
  const keys = listOf(fields['keys'], MAX_ROLE_KEYS, `${path}.keys`).map((key) => publicKeyOf(key, `${path}.keys`))
  checkDistinct(keys, `${path}.keys`)
  const need = uintOf(fields['need'], keys.length, `${path}.need`)
  check(need > 0 || keys.length === 0, 'schema', `${path}.need must be at least 1`)
  return { keys, need }
}

const readGlob = (value: unknown, path: string): string =>
  typeof value === 'string' && isNameGlob(value) ? value : refuse('name', `${path} is not a name, prefix.*, @scope/*, namespace/* or *`)

const readReleaseKey = (value: unknown, path: string): ReleaseKey => {
  const fields = fieldsOf(value, path, { required: ['key', 'names'], optional: ['exp', 'auto', 'label'] })
  return {
    key: publicKeyOf(fields['key'], `${path}.key`),
    names: listOf(fields['names'], MAX_GLOBS, `${path}.names`).map((glob) => readGlob(glob, `${path}.names`)),
    ...(Object.hasOwn(fields, 'exp') && { expires: uintOf(fields['exp'], MAX_SECONDS, `${path}.exp`) }),
    ...(Object.hasOwn(fields, 'auto') && { auto: booleanOf(fields['auto'], `${path}.auto`) }),
    ...(Object.hasOwn(fields, 'label') && { label: textOf(fields['label'], LABEL_CHARS, `${path}.label`) }),
  }
}

/** Reads who may do what out of the body of a genesis or roles op. */
export const readRoles = (fields: Fields): Roles => {
  const root = readRole(fields['root'], 'b.root')
  check(root.need > 0, 'schema', 'b.root has no key')
  const release = listOf(fields['release'], MAX_RELEASE_KEYS, 'b.release').map((key) => readReleaseKey(key, 'b.release'))
  checkDistinct(release.map(({ key }) => key), 'b.release')
  const need = uintOf(fields['need'], MAX_NEED, 'b.need')
  check(need > 0, 'schema', 'b.need must be at least 1')
  return {
    root,
    recovery: readRole(fields['recovery'], 'b.recovery'),
    release,
    need,
    ...(Object.hasOwn(fields, 'human') && { human: uintOf(fields['human'], MAX_NEED, 'b.human') }),
  }
}

const readRevokedFeed = (value: unknown): Revocation['feeds'][number] => {
  const fields = fieldsOf(value, 'b.revoked.feeds', { required: ['name', 'head'] })
  return { name: packageNameOf(fields['name'], 'b.revoked.feeds.name'), head: opLinkOf(fields['head'], 'b.revoked.feeds.head') }
}

const readRevocation = (value: unknown): Revocation => {
  const fields = fieldsOf(value, 'b.revoked', { required: ['key', 'feeds'] })
  const key: PublicKey = publicKeyOf(fields['key'], 'b.revoked.key')
  const feeds = listOf(fields['feeds'], MAX_REVOKED_FEEDS, 'b.revoked.feeds').map(readRevokedFeed)
  checkDistinct(feeds.map(({ name }) => name), 'b.revoked.feeds')
  return { key, feeds }
}

/** Reads the keys that speak no more. */
export const readRevoked = (value: unknown): Revocation[] => {
  const revoked = listOf(value, MAX_REVOKED_KEYS, 'b.revoked').map(readRevocation)
  checkDistinct(revoked.map(({ key }) => key), 'b.revoked')
  return revoked
}

const readDomain = (value: unknown): string =>
  typeof value === 'string' && value.length <= MAX_DOMAIN_CHARS && HOSTNAME.test(value)
    ? value
    : refuse('schema', 'b.domains holds something that is no host name')

/** Reads the domains an identity claims; the wire has no empty list, because absence says the same. */
export const readDomains = (fields: Fields): string[] => {
  if (!Object.hasOwn(fields, 'domains')) return []
  const domains = listOf(fields['domains'], MAX_DOMAINS, 'b.domains').map(readDomain)
  check(domains.length > 0, 'schema', 'b.domains is empty')
  checkDistinct(domains, 'b.domains')
  return domains
}
