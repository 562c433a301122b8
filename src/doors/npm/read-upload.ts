import { GgenError, isTagName } from '#core'
import { isFields, isNpmVersion, matchesIntegrity, type NpmName, type NpmVersion, parseIntegrity, parseShasum } from '#npm'

/** What a client publishes: one version, and its archive. */
export interface Upload {
  readonly name: NpmName
  readonly version: NpmVersion
  /** What the version is to be found by. */
  readonly tag: string
  /** What the client says of it. */
  readonly manifest: Readonly<Record<string, unknown>>
  readonly archive: Uint8Array
}

const odd = (why: string): GgenError => new GgenError('usage', `this is not what clients publish: ${why}`)

const onlyEntry = (value: unknown, what: string): readonly [string, unknown] => {
  const [first, ...others] = isFields(value) ? Object.entries(value) : []
  if (first === undefined || others.length > 0) throw odd(`${what} must be exactly one`)
  return first
}

/** Whether a document that a client sends brings an archive. */
export const bringsArchive = (document: unknown): boolean =>
  isFields(document) && isFields(document['_attachments']) && Object.keys(document['_attachments']).length > 0

/** Reads what `npm publish` and its like send. Pure. Throws `usage`, `version-invalid`, and `integrity` where the archive is not the one that is described. */
export const readUpload = (document: unknown, name: NpmName): Upload => {
  if (!isFields(document) || document['name'] !== name) throw odd('it is named otherwise than its address says')
  const [version, manifest] = onlyEntry(document['versions'], 'its versions')
  if (!isNpmVersion(version)) throw new GgenError('version-invalid', `not a SemVer version: ${JSON.stringify(version.slice(0, 120))}`)
  if (!isFields(manifest) || manifest['name'] !== name || manifest['version'] !== version) throw odd('its version says that it is another one')
  const archive = archiveIn(document['_attachments'])
  assertDescribed(archive, manifest['dist'], `${name}@${version}`)
  return { name, version, manifest, archive, tag: tagIn(document['dist-tags'], version) }
}

/** Beside the archive there may be proofs of where it was built: the archive alone is what the network carries. */
const archiveIn = (attachments: unknown): Uint8Array => {
  const archives = isFields(attachments) ? Object.fromEntries(Object.entries(attachments).filter(([file]) => file.endsWith('.tgz'))) : {}
  const [, attachment] = onlyEntry(archives, 'its archives')
  const { data, length } = isFields(attachment) ? attachment : {}
  if (typeof data !== 'string') throw odd('its archive has no bytes')
  const bytes = Buffer.from(data, 'base64')
  if (length !== undefined && length !== bytes.length) throw odd('its archive has another length than it says')
  return bytes
}

const assertDescribed = (archive: Uint8Array, dist: unknown, what: string): void => {
  const { integrity, shasum } = isFields(dist) ? dist : {}
  if (typeof integrity !== 'string' && typeof shasum !== 'string') throw odd('it does not say what its archive hashes to')
  const right = (typeof integrity !== 'string' || matchesIntegrity(archive, parseIntegrity(integrity))) &&
    (typeof shasum !== 'string' || matchesIntegrity(archive, parseShasum(shasum)))
  if (!right) throw new GgenError('integrity', `the archive of ${what} is not the one that is described; nothing was published`, { hint: 'publish it again' })
}

const tagIn = (tags: unknown, version: string): string => {
  const [tag, tagged] = tags === undefined ? ['latest', version] : onlyEntry(tags, 'its tags')
  if (tagged !== version) throw odd('its tag means another version')
  return checkTag(tag)
}

/** Throws `usage` for what cannot be a tag on the network. */
export const checkTag = (tag: string): string => {
  if (isTagName(tag)) return tag
  throw new GgenError('usage', `${JSON.stringify(tag.slice(0, 64))} cannot be a tag`, {
    hint: 'tags have lower case letters, digits and hyphens, at most 32, begin with a letter and look like no version',
  })
}
