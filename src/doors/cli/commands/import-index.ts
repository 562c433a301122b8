import { GgenError, type IdentityId, parsePackageName } from '#core'
import {
  type ChangedVersion, FOREIGN_LIMITS, type ForeignDispute, type ForeignShape, type ImportPlan, type LeftEntry, type MirrorStore, planImport, readIndex,
  type WantedVersion,
} from '#foreign'
import type { Context, Run } from './context.ts'
import { type ImportedVersion, importVersion, isOfOneVersion, type Mirroring } from './import-version.ts'
import type { Outcome } from './outcome.ts'
import type { GuardOptions } from './passphrase.ts'
import { sayAs } from './say.ts'
import { type Signer, signerIn } from './signer.ts'

export interface ImportOptions extends GuardOptions {
  /** What the source is a copy of, where it is not the original: a folder that was brought, a mirror of a mirror. */
  readonly of?: string
  /** Nothing but these packages. */
  readonly only?: readonly string[]
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean
}

/** What an import found and did. */
export interface ImportReply {
  /** What the releases say that they are a copy of. */
  readonly of: string
  readonly shape: ForeignShape
  /** Who publishes what is copied from there; absent while nothing was. */
  readonly identity?: IdentityId
  /** Published now, or what would be. */
  readonly imported: readonly (Omit<ImportedVersion, 'identity' | 'sizeBytes'> & { readonly sizeBytes?: number })[]
  /** Versions that were published before. */
  readonly known: number
  /** Versions of which the source names other bytes than at first, also those of earlier imports. */
  readonly disputes: readonly (ForeignDispute & { readonly isNew: boolean })[]
  /** Of which nothing was published, and why. */
  readonly left: readonly LeftEntry[]
  readonly dryRun?: true
}

/** `ggen import`: publishes what an index names, byte for byte, as a mirror that says what it is. Goes on where an earlier one ended. */
export const importIndex =
  (address: string, options: ImportOptions = {}): Run =>
  async (context) => {
    const { world, places, deadline } = context
    const source = await world.openForeign(places.home, address)
    const { bytes, at, asOf } = await source.readIndex(deadline.signal)
    if (asOf !== undefined) context.say(`${source.shownAs} cannot be reached; this is what it said at ${new Date(asOf).toISOString()}`)
    const index = readIndex(bytes, at)
    const of = options.of ?? source.shownAs
    const store = await world.openMirror(places.home, options.of ?? source.home)
    const only = options.only === undefined ? undefined : new Set(options.only.map((name) => parsePackageName(name)))
    const plan = planImport(index, store.ledger, only)
    const head = { of, shape: index.shape, known: plan.known }
    if (options.dryRun === true) return outcomeOf({ ...head, ...previewOf(plan, store), dryRun: true })
    await context.client.health(deadline.signal)
    const keystore = await world.openKeystore(places.home, options.of ?? source.home)
    const { passphrase, keyring } = options
    const guard = { ...(passphrase !== undefined && { passphrase }), ...(keyring !== undefined && { keyring }) }
    const signer = inTurn(await signerIn(keystore, { ...guard, label: 'mirror', speakerOf: `the mirror of ${of}` }, context))
    const mirroring: Mirroring = { source, store, signer, of }
    const done = await importAll(plan.wanted, mirroring, context)
    const changed = [...plan.changed, ...done.contradicted]
    await noteDisputes(changed, mirroring, context)
    return outcomeOf({
      ...head, identity: signer.identity, imported: done.imported, left: [...plan.left, ...done.left], disputes: disputesOf(store, changed),
    })
  }

/** One signature after the other: a passphrase is asked for once, and not once for each that is under way. */
const inTurn = (signer: Signer): Signer => {
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...signer,
    sign: (prepared) => {
      const signed = last.then(() => signer.sign(prepared))
      last = Promise.allSettled([signed])
      return signed
    },
  }
}

interface Done {
  readonly imported: ImportedVersion[]
  readonly left: LeftEntry[]
  readonly contradicted: ChangedVersion[]
}

const importAll = async (wanted: readonly WantedVersion[], mirroring: Mirroring, context: Context): Promise<Done> => {
  const done: Done = { imported: [], left: [], contradicted: [] }
  const waiting = wanted.values()
  let isOver = false
  const work = async (): Promise<void> => {
    try {
      for (const one of waiting) {
        if (isOver) return
        await importOne(one, mirroring, { context, done })
      }
    } catch (error) {
      isOver = true
      throw error
    }
  }
  await Promise.all(Array.from({ length: FOREIGN_LIMITS.parallel }, work))
  const byName = (a: ImportedVersion, b: ImportedVersion): number => (a.name < b.name ? -1 : 1)
  return { ...done, imported: done.imported.toSorted(byName), left: done.left.toSorted((a, b) => (a.label < b.label ? -1 : 1)) }
}

const importOne = async (wanted: WantedVersion, mirroring: Mirroring, { context, done }: { readonly context: Context; readonly done: Done }): Promise<void> => {
  const { name, version: { version, digest }, isNew } = wanted
  const { store } = mirroring
  const line = { name, version, digest, at: Date.now() }
  try {
    const became = await importVersion(wanted, mirroring, context)
    if ('published' in became) {
      await store.note({ what: 'imported', ...line, digest: became.published })
      done.contradicted.push({ name, version, first: became.published, later: digest, isNew: true })
      return
    }
    await store.note({ what: 'imported', ...line })
    done.imported.push(became)
  } catch (error) {
    if (!isOfOneVersion(error, context.deadline.signal)) throw error
    if (isNew) await store.note({ what: 'seen', ...line })
    done.left.push({ label: `${name}@${version}`, code: error.code, why: error.message })
  }
}

/** Whoever uses such a version hears of it too: what the mirror says of it since reaches everybody who has it. */
const noteDisputes = async (changed: readonly ChangedVersion[], { store, signer }: Mirroring, context: Context): Promise<void> => {
  for (const { name, version, later, isNew } of changed) {
    if (!isNew) continue
    if (store.ledger.isImported({ name, version })) {
      const why = `upstream gives other bytes under this version since: ${later}`
      await sayAs(signer, {
        statement: { type: 'status', name, version, state: 'deprecated', why },
        isExpected: (op) => op.type === 'status' && op.identity === signer.identity && op.body.name === name && op.body.version === version &&
          op.body.state === 'deprecated',
        why: `say that ${name} ${version} was changed upstream`,
      }, context)
    }
    await store.note({ what: 'disputed', name, version, digest: later, at: Date.now() })
  }
}

const disputesOf = (store: MirrorStore, changed: readonly ChangedVersion[]): ImportReply['disputes'] => {
  const fresh = new Set(changed.filter(({ isNew }) => isNew).map(({ name, version, later }) => `${name}@${version} ${later}`))
  return store.ledger.disputes().map((dispute) => ({ ...dispute, isNew: fresh.has(`${dispute.name}@${dispute.version} ${dispute.later}`) }))
}

const previewOf = ({ wanted, changed, left }: ImportPlan, { ledger }: MirrorStore): Pick<ImportReply, 'imported' | 'disputes' | 'left'> => {
  const fresh = changed.filter(({ isNew }) => isNew).map((one) => ({ ...one, since: Date.now(), isHeld: ledger.isImported(one) }))
  return {
    imported: wanted.map(({ name, version: { version, digest, sizeBytes } }) => ({ name, version, digest, ...(sizeBytes !== undefined && { sizeBytes }) })),
    disputes: [...ledger.disputes().map((dispute) => ({ ...dispute, isNew: false })), ...fresh],
    left,
  }
}

const outcomeOf = (value: ImportReply): Outcome => {
  const failure = failureOf(value)
  return { kind: 'imported', value, ...(failure !== undefined && { failure }) }
}

const failureOf = ({ disputes, left, of }: ImportReply): GgenError | undefined => {
  if (disputes.length > 0) {
    const hint = 'the bytes of the first digest stand; ask upstream why it changed versions that were out, and for a new version'
    const versions = disputes.length === 1 ? 'a version' : `${disputes.length} versions`
    return new GgenError('disputed', `${of} named other bytes for ${versions} than at first`, { hint })
  }
  const [first] = left
  const message = `not everything that the index names was imported: ${left.length} left`
  return first && new GgenError(first.code, message, { hint: 'what is left is listed, with the reasons' })
}
