import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { readPackageJson } from '#archive'
import { GgenError, isGgenError, LIMITS, lookAlikeText, NPM_LIMITS, type PackageName, parseVersion, type StatusStatement, type Version } from '#core'
import type { Depot } from '#depot'
import { contradictions, type NpmName } from '#npm'
import { gt, prerelease } from 'semver'
import type { PublishDesk } from './publish-desk.ts'
import { bringsArchive, checkTag, readUpload, type Upload } from './read-upload.ts'
import { type Conversation, readJson, sendJson } from './send.ts'

const inflate = promisify(gunzip)

export interface ChangeParts {
  readonly depot: Depot
  readonly desk: PublishDesk
  readonly name: NpmName
  /** Address of this registry, with a slash at its end. */
  readonly base: string
}

interface CurrentDocument {
  readonly _rev?: string
  readonly versions: Readonly<Record<string, { readonly deprecated?: string }>>
  readonly 'dist-tags': Readonly<Record<string, string>>
}

const DONE = { ok: true, success: true }

/** Takes a document from a client: something new to publish, or what is now said of versions that are out. Throws what the desk throws. */
export const putPackage = async (conversation: Conversation, parts: ChangeParts): Promise<void> => {
  const document = await readJson(conversation.request, NPM_LIMITS.publishBytes)
  if (!bringsArchive(document)) return await putWords(conversation, parts, document)
  const { response, signal } = conversation
  const upload = readUpload(document, parts.name)
  await assertSaysTheSame(upload)
  const before = await find(parts, signal)
  assertIsNew(upload, before)
  const stays = wordOnLatest(upload, before)
  const { state, lookAlikes = [] } = await parts.desk.publish({ ...upload, ...(stays !== undefined && { stays }) }, signal)
  const warnings = lookAlikes.map((alike) => `WARNING: ${upload.name} ${lookAlikeText(alike)}`)
  if (state === 'staged') {
    const notices = [`staged, and published when you approve it: ggen approve ${upload.name}@${upload.version}`, ...warnings]
    return sendJson(response, { ...DONE, staged: true }, { status: 202, headers: noticing(notices) })
  }
  if (upload.tag !== 'latest') {
    const version = parseVersion(upload.version)
    await parts.desk.say({ ...wordsOn(parts.name, version), tag: { name: upload.tag, version } }, signal)
  }
  sendJson(response, DONE, { status: 201, headers: noticing(warnings) })
}

/** npm shows this to its user; other clients do not. */
const noticing = (notices: readonly string[]): Readonly<Record<string, string>> => (notices.length === 0 ? {} : { 'npm-notice': notices.join('; ') })

/** What the metadata of a registry say must be what the archive says, or whoever looks at the one is deceived about the other. */
const assertSaysTheSame = async ({ name, version, manifest, archive }: Upload): Promise<void> => {
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    yield archive
  }
  const fields = contradictions(name, manifest, await readPackageJson(chunks()))
  if (fields.length === 0) return
  throw new GgenError('manifest-invalid', `what is said of ${name}@${version} is not what the package.json in its archive says: ${fields.join(', ')}`, {
    hint: 'publish with an unmodified client, from the folder of the package', details: { fields },
  })
}

const assertIsNew = ({ name, version }: Upload, before: CurrentDocument | undefined): void => {
  if (before !== undefined && Object.hasOwn(before.versions, version)) {
    throw new GgenError('conflict', `${name}@${version} is published already, and a version is bound to its bytes for ever`)
  }
}

/** A version that is published under another tag does not become the latest one, however high it is: that is what is said of the one that is. */
const wordOnLatest = ({ tag, version, name }: Upload, before: CurrentDocument | undefined): StatusStatement | undefined => {
  const latest = before?.['dist-tags']['latest']
  if (before === undefined || latest === undefined || tag === 'latest' || prerelease(version) !== null || !gt(version, latest)) return undefined
  return { ...wordsAsBefore(name, parseVersion(latest), before), tag: { name: 'latest', version: parseVersion(latest) } }
}

/** What a publisher says of versions by sending the whole document with other words in it. */
const putWords = async ({ response, signal }: Conversation, parts: ChangeParts, document: unknown): Promise<void> => {
  const { _rev, versions } = Object(document) as { readonly _rev?: unknown; readonly versions?: unknown }
  const current = await get(parts, signal)
  if (typeof _rev === 'string') assertSame(_rev, current, parts.name)
  const said = Object(versions) as Readonly<Record<string, { readonly deprecated?: unknown } | undefined>>
  const words = Object.entries(current.versions).flatMap(([text, { deprecated = '' }]): readonly StatusStatement[] => {
    const why = said[text]?.deprecated ?? ''
    if (said[text] === undefined || typeof why !== 'string' || why === deprecated) return []
    const version = parseVersion(text)
    return [why === '' ? wordsOn(parts.name, version) : { ...wordsOn(parts.name, version), state: 'deprecated', why: checkReason(why) }]
  })
  if (words.length === 0) throw nothingToSay()
  if (words.length > NPM_LIMITS.words) throw new GgenError('too-busy', `more than ${NPM_LIMITS.words} versions at once`)
  for (const one of words) await parts.desk.say(one, signal)
  sendJson(response, DONE, { status: 201 })
}

/** Takes versions back: those that are in the document no more, one, or all. What is out stays with whoever has it; nobody new is given it. */
export const withdraw = async (
  conversation: Conversation, parts: ChangeParts, { revision, version }: { readonly revision: string; readonly version?: string },
): Promise<void> => {
  const { request, response, signal } = conversation
  const { name, desk } = parts
  const stays = request.method === 'PUT' ? versionsIn(await readJson(request, NPM_LIMITS.publishBytes)) : []
  const current = await find(parts, signal)
  // Clients take a version out of the document first, and then its archive away.
  if (current === undefined) return sendJson(response, DONE)
  if (version === undefined) assertSame(revision, current, name)
  const there = Object.keys(current.versions)
  const gone = version === undefined ? there.filter((one) => !stays.includes(one)) : there.filter((one) => one === version)
  if (gone.length === 0 && version === undefined) throw nothingToSay()
  const isAll = gone.length === there.length && version === undefined
  for (const one of isAll ? (['*'] as const) : gone.map(parseVersion)) await desk.say({ ...wordsOn(name, one), state: 'withdrawn' }, signal)
  sendJson(response, DONE)
}

/** A document without versions is about something else: it must not be taken for one that has lost them all. */
const versionsIn = (document: unknown): readonly string[] => {
  const { versions } = Object(document) as { readonly versions?: unknown }
  if (typeof versions !== 'object' || versions === null || Object.keys(versions).length === 0) throw nothingToSay()
  return Object.keys(versions)
}

const nothingToSay = (): GgenError =>
  new GgenError('denied', 'nothing of this can be said on the network', { hint: 'owners are keys there: ggen id show' })

/** Says what a tag means; `version` absent: nothing any more. */
export const putTag = async ({ request, response, signal }: Conversation, parts: ChangeParts, tag: string): Promise<void> => {
  const { name, desk } = parts
  checkTag(tag)
  const isGiven = request.method === 'PUT' || request.method === 'POST'
  const current = await get(parts, signal)
  const wanted = isGiven ? await readJson(request, NPM_LIMITS.bodyBytes) : undefined
  const on = isGiven ? String(wanted) : current['dist-tags'][tag]
  if (!isGiven && tag === 'latest') {
    throw new GgenError('denied', 'latest always means some version', { hint: 'say which: npm dist-tag add NAME@VERSION latest' })
  }
  const about = on === undefined ? undefined : current.versions[on]
  if (on === undefined || about === undefined) throw new GgenError('version-not-found', `${name} has no ${isGiven ? 'version' : 'tag'} ${isGiven ? on : tag}`)
  const version = parseVersion(on)
  await desk.say({ ...wordsAsBefore(name, version, current), tag: { name: tag, ...(isGiven && { version }) } }, signal)
  sendJson(response, DONE, { status: 201 })
}

/** The tags of a package of the network. */
export const sendTags = async ({ response, signal }: Conversation, parts: Omit<ChangeParts, 'desk'>): Promise<void> =>
  sendJson(response, (await get(parts, signal))['dist-tags'])

const wordsOn = (name: NpmName, version: Version | '*'): StatusStatement => ({ type: 'status', name: name as string as PackageName, version, state: 'live' })

/** What is said of a version already. */
const wordsAsBefore = (name: NpmName, version: Version, { versions }: CurrentDocument): StatusStatement => {
  const why = versions[version]?.deprecated
  return why === undefined ? wordsOn(name, version) : { ...wordsOn(name, version), state: 'deprecated', why }
}

const checkReason = (why: string): string => {
  if (why.length <= LIMITS.reasonChars) return why
  throw new GgenError('usage', `a reason has at most ${LIMITS.reasonChars} characters`)
}

const assertSame = (revision: string, { _rev }: CurrentDocument, name: NpmName): void => {
  if (revision === _rev) return
  throw new GgenError('conflict', `${name} has changed since it was looked at`, { hint: 'run the command again' })
}

const get = async ({ depot, name, base }: Omit<ChangeParts, 'desk'>, signal: AbortSignal): Promise<CurrentDocument> => {
  const { bytes } = await depot.document(name, { isAbbreviated: false, tarballsAt: { base }, wantsNews: true, acceptsBrotli: false }, signal)
  return JSON.parse((await inflate(bytes)).toString('utf8')) as CurrentDocument
}

/** `undefined`: nothing of it is published, or all of it was taken back. */
const find = async (parts: ChangeParts, signal: AbortSignal): Promise<CurrentDocument | undefined> => {
  try {
    return await get(parts, signal)
  } catch (error) {
    if (NOTHING_OUT.some((code) => isGgenError(error, code))) return undefined
    throw error
  }
}

const NOTHING_OUT = ['package-not-found', 'version-not-found', 'name-unverified'] as const
