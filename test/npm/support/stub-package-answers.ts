import { type Asked, json, notFound, type StubAnswer, unauthorized } from './stub-answer.ts'
import { versionDocument } from './stub-documents.ts'
import { archiveName, type StubPackage } from './stub-package.ts'
import type { UploadedDocument } from './stub-shelf.ts'

const CORGI = /application\/vnd\.npm\.install-v1\+json/
const REVALIDATE = { 'cache-control': 'public, max-age=0, must-revalidate', 'vary': 'accept, accept-encoding' }
const FOR_EVER = { 'content-type': 'application/octet-stream', 'cache-control': 'public, max-age=31536000, immutable' }

/** `/NAME/…` or `/@SCOPE/NAME/…`. */
export const splitPath = (path: string): { readonly name: string; readonly rest: readonly string[] } => {
  const [first = '', second = '', ...others] = path.slice(1).split('/')
  return first.startsWith('@') ? { name: `${first}/${second}`, rest: others } : { name: first, rest: path.slice(1).split('/').slice(1) }
}

/** Answers for one package: its document, one version, an archive, and every change of it. */
export const answerPackage = async (asked: Asked): Promise<StubAnswer> => {
  const { name, rest } = splitPath(asked.path)
  const entry = asked.shelf.packages.get(name)
  if (asked.method === 'PUT' || asked.method === 'DELETE') return asked.user === undefined ? unauthorized() : write(asked, name, rest)
  if (entry === undefined) return notFound(`no package named ${name}`)
  if (rest[0] === '-') return await archive(entry, rest[1] ?? '')
  if (rest[0] !== undefined) return await oneVersion(asked, entry, rest[0])
  const form = CORGI.test(asked.headers.accept ?? '') ? 'abbreviated' : 'full'
  return { status: 200, headers: REVALIDATE, document: await asked.shelf.document(entry, form, asked.tarballBase) }
}

const archive = async (entry: StubPackage, file: string): Promise<StubAnswer> => {
  const version = [...entry.versions].find(([number]) => archiveName(entry.name, number) === file)?.[1]
  if (version === undefined) return notFound(`no archive ${file}`)
  const { bytes, shasum } = await version.archive()
  return { status: 200, headers: { ...FOR_EVER, etag: `"${shasum}"` }, body: bytes }
}

const oneVersion = async ({ shelf, tarballBase }: Asked, entry: StubPackage, wanted: string): Promise<StubAnswer> => {
  const version = entry.versions.get(entry.tags.get(wanted) ?? wanted)
  if (version === undefined) return json(404, `version not found: ${wanted}`)
  return json(200, await versionDocument(version, { key: shelf.key, base: tarballBase }))
}

const write = ({ method, body, shelf }: Asked, name: string, rest: readonly string[]): StubAnswer => {
  const entry = shelf.packages.get(name)
  const upload = (body ?? {}) as UploadedDocument
  if (method === 'DELETE') {
    if (entry === undefined) return notFound(`no package named ${name}`)
    // An archive alone goes with its version, which the document before has left out.
    if (rest[0] !== '-') shelf.packages.delete(name)
    return json(200, { ok: true })
  }
  if (upload._attachments === undefined || rest[0] === '-rev') {
    if (entry === undefined) return notFound(`no package named ${name}`)
    shelf.change(entry, upload)
    return json(201, { ok: true, id: name, rev: `${entry.revision}-stub` })
  }
  const taken = shelf.publish(name, upload)
  if (taken !== undefined) return json(403, { error: `You cannot publish over the previously published versions: ${taken}.` })
  return json(201, { ok: true, success: true, id: name })
}

/** `/-/package/NAME/dist-tags[/TAG]` and what else is asked of one package below `/-/package/`. */
export const answerPackageFacts = ({ method, path, body, user, shelf }: Asked): StubAnswer => {
  const [, name = '', what, tag] = /^\/-\/package\/((?:@[^/]+\/)?[^/]+)\/([^/]+)(?:\/(.+))?$/.exec(path) ?? []
  const entry = shelf.packages.get(name)
  if (entry === undefined) return notFound(`no package named ${name}`)
  if (what === 'collaborators') return json(200, Object.fromEntries(entry.maintainers.map((one) => [one.name, 'write'])))
  if (what === 'visibility') return json(200, { public: true })
  if (what !== 'dist-tags') return notFound(path)
  if (method === 'GET') return json(200, Object.fromEntries(entry.tags))
  if (user === undefined) return unauthorized()
  if (tag === undefined) return notFound(path)
  if (method === 'DELETE') entry.tags.delete(tag)
  else if (typeof body === 'string' && entry.versions.has(body)) entry.tags.set(tag, body)
  else return json(400, { error: `no version ${String(body)}` })
  shelf.changed(entry)
  return json(201, { ok: 'dist-tags updated' })
}
