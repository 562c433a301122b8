import { resolve } from 'node:path'
import { type Digest, GgenError, type PackageName, parsePackageSpec, type Version } from '#core'
import { archiveNeeds, changedUpstream, chooseVersion, isInRange, type MirrorStore, type Vouched, type VouchedVersion, vouchedBytes } from '#foreign'
import type { Lock, LockedPackage, VerifiedArchive } from '#flow/install'
import type { Context, Run } from './context.ts'
import { type NamedIndex, readNamedIndex } from './foreign-index.ts'

export interface InstallIndexOptions {
  readonly spec: string
  /** Relative to the working folder. */
  readonly folder: string
}

/** What `ggen install --registry` installed. */
export interface InstalledElsewhere {
  /** What vouches for the bytes, as `ggen.lock` names it. */
  readonly source: string
  readonly installed: readonly { readonly name: PackageName; readonly version: Version; readonly digest: Digest; readonly path: string }[]
}

/** `ggen install --registry`: a package of an index that vouches for it by its digest, with what it needs. Needs no node. */
export const installFromIndex =
  (address: string, { spec, folder }: InstallIndexOptions): Run =>
  async (context) => {
    const { world, environment, places, deadline: { signal } } = context
    const { name, identity, range } = parsePackageSpec(spec)
    if (identity !== undefined) throw new GgenError('usage', 'the index of another registry knows no publishers: leave the identity out')
    const project = await world.openProject(resolve(environment.platform.workingFolder, folder))
    const { lock: before, pathOf } = await project.read()
    const named = await readNamedIndex(address, context)
    const store = await world.openMirror(places.home, named.source.home)
    await using bringing = new Bringing({ ...named, store, before, context })
    await bringing.bring({ name, range, by: 'the project' })
    const { fresh } = bringing
    const brought = [...fresh.values()]
    const added = brought.map(({ locked }) => asked(locked, { name, range }))
    const lockAfter = (now: Lock): Lock => [...now.filter((one) => !fresh.has(one.name)), ...added]
    await project.change({ archives: brought.map(({ archive }) => archive), lockAfter }, signal)
    const installed = added.map((one) => ({ name: one.name, version: one.version, digest: one.digest, path: pathOf(one.name) }))
    return { kind: 'installed-elsewhere', value: { source: named.source.shownAs, installed } }
  }

/** The project asked for one of them. */
const asked = (locked: LockedPackage, { name, range }: { readonly name: PackageName; readonly range: string | undefined }): LockedPackage =>
  locked.name === name ? { ...locked, wanted: range ?? '*' } : locked

interface Need {
  readonly name: PackageName
  readonly range: string | undefined
  /** Who wants it, for people. */
  readonly by: string
}

interface Fresh {
  readonly locked: LockedPackage
  readonly archive: VerifiedArchive
}

/** Archives that are brought for one install, each checked against what the index names, and against what it named before. */
class Bringing implements AsyncDisposable {
  readonly fresh = new Map<PackageName, Fresh>()
  readonly #parts: NamedIndex & { readonly store: MirrorStore; readonly before: Lock; readonly context: Context }
  readonly #drafts = new AsyncDisposableStack()

  constructor(parts: NamedIndex & { readonly store: MirrorStore; readonly before: Lock; readonly context: Context }) {
    this.#parts = parts
  }

  async bring({ name, range, by }: Need): Promise<void> {
    const { index, before } = this.#parts
    const there = this.fresh.get(name)?.locked ?? (by === 'the project' ? undefined : before.find((one) => one.name === name))
    if (there !== undefined && !isInRange(range)(there)) {
      throw new GgenError('install-blocked', `${by} wants ${name} ${range ?? '*'}, and this project has ${there.version}`, { details: { name, by } })
    }
    if (there !== undefined) return
    const version = chooseVersion(index, name, range)
    await this.#assertUnchanged(name, version)
    const needs = await this.#fetch(name, version)
    for (const need of needs) await this.bring({ ...need, by: `${name}@${version.version}` })
  }

  /** A version is bound to its bytes for ever, whatever an index says later. */
  async #assertUnchanged(name: PackageName, version: VouchedVersion): Promise<void> {
    const { store, before } = this.#parts
    const locked = before.find((one) => one.name === name && one.version === version.version)
    const first = locked?.digest ?? store.ledger.firstOf({ name, version: version.version })
    if (first !== undefined && first !== version.digest) throw changedUpstream(name, version, [first, version.digest])
  }

  async #fetch(name: PackageName, version: VouchedVersion): Promise<readonly { readonly name: PackageName; readonly range: string }[]> {
    const { source, store, context: { deadline: { signal } } } = this.#parts
    const chunks = await source.openArchive(name, version, signal)
    let vouched: Vouched | undefined
    const draft = this.#drafts.use(await store.draft((async function* () {
      vouched = yield* vouchedBytes(chunks, name, version)
    })()))
    if (vouched === undefined) throw new Error('a draft was kept that was not read to its end')
    const needs = (await archiveNeeds(draft.read(), { name, version: version.version }, signal)).filter(({ kind }) => kind === 'needed')
    const dependencies = needs.map((need) => ({ name: need.name, range: need.range }))
    const release = { name, version: version.version, source: source.shownAs, ...vouched }
    this.fresh.set(name, { locked: { ...release, dependencies }, archive: { release, chunks: draft.read() } })
    if (store.ledger.firstOf(release) === undefined) await store.note({ what: 'seen', name, version: version.version, digest: version.digest, at: Date.now() })
    return dependencies
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#drafts.disposeAsync()
  }
}
