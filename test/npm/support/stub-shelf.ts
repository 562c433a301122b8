import { describeBytes } from './stub-archive.ts'
import { type DocumentForm, type StubDocument, writeDocument } from './stub-documents.ts'
import { StubKey } from './stub-key.ts'
import { lastPart, type StubManifest, type StubPackage } from './stub-package.ts'

/** The part of an uploaded document that is read; `_attachments` hold archives as base64. */
export interface UploadedDocument {
  readonly name?: string
  readonly versions?: Readonly<Record<string, StubManifest & { readonly deprecated?: string; readonly dist?: unknown }>>
  readonly 'dist-tags'?: Readonly<Record<string, string>>
  readonly maintainers?: StubPackage['maintainers']
  readonly _attachments?: Readonly<Record<string, { readonly data: string }>>
}

export interface ShelfOptions {
  readonly packages?: readonly StubPackage[]
  /** When something is published, in milliseconds; by default now. */
  readonly now?: () => number
}

/** The packages of a registry, and the key that they are signed with. */
export class StubShelf {
  readonly key = new StubKey()
  readonly packages: Map<string, StubPackage>
  readonly #now: () => number
  readonly #documents = new Map<string, { readonly revision: number; readonly written: Promise<StubDocument> }>()

  constructor({ packages = [], now = Date.now }: ShelfOptions) {
    this.packages = new Map(packages.map((entry) => [entry.name, entry]))
    this.#now = now
  }

  /** Written once for each change. */
  document(entry: StubPackage, form: DocumentForm, base: string): Promise<StubDocument> {
    const id = `${entry.name} ${form} ${base}`
    const known = this.#documents.get(id)
    if (known?.revision === entry.revision) return known.written
    const written = writeDocument(entry, form, { key: this.key, base })
    this.#documents.set(id, { revision: entry.revision, written })
    return written
  }

  /** Packs and writes everything beforehand, so that the first who asks does not wait for it. */
  async warmUp(base: string): Promise<void> {
    for (const entry of this.packages.values()) for (const form of ['full', 'abbreviated'] as const) await this.document(entry, form, base)
  }

  /** Adds the versions of an upload; the first that is there already is returned, and nothing is added. */
  publish(name: string, { versions = {}, 'dist-tags': tags = {}, _attachments = {} }: UploadedDocument): string | undefined {
    const entry = this.packages.get(name) ?? this.#newPackage(name)
    const taken = Object.keys(versions).find((number) => entry.versions.has(number))
    if (taken !== undefined) return taken
    for (const [number, { dist: _, ...manifest }] of Object.entries(versions)) {
      const upload = Object.entries(_attachments).find(([file]) => lastPart(file) === `${lastPart(name)}-${number}.tgz`)?.[1]
      const archive = describeBytes(Buffer.from(upload?.data ?? '', 'base64'))
      entry.versions.set(number, { manifest, publishedMs: this.#now(), archive: () => Promise.resolve(archive) })
    }
    for (const [tag, number] of Object.entries(tags)) entry.tags.set(tag, number)
    this.packages.set(name, entry)
    this.changed(entry)
    return undefined
  }

  /** Takes over what a changed document says of versions that are there: which are left, which are deprecated, their tags and maintainers. */
  change(entry: StubPackage, { versions, 'dist-tags': tags, maintainers }: UploadedDocument): void {
    for (const [number, version] of versions === undefined ? [] : entry.versions) {
      const said = versions?.[number]
      if (said === undefined) entry.versions.delete(number)
      else if (said.deprecated === undefined || said.deprecated === '') delete version.deprecated
      else version.deprecated = said.deprecated
    }
    if (tags !== undefined) {
      entry.tags.clear()
      for (const [tag, number] of Object.entries(tags)) entry.tags.set(tag, number)
    }
    if (maintainers !== undefined) entry.maintainers = maintainers
    this.changed(entry)
  }

  changed(entry: StubPackage): void {
    entry.revision++
    entry.modifiedMs = this.#now()
  }

  #newPackage(name: string): StubPackage {
    const now = this.#now()
    const maintainers = [{ name: 'alice', email: 'alice@example.org' }]
    return { name, versions: new Map(), tags: new Map(), createdMs: now, modifiedMs: now, revision: 0, maintainers }
  }
}
