import { isDeepStrictEqual } from 'node:util'
import {
  GgenError, isFeedOp, isGgenError, isOpId, isOpinion, type Op, type OpId, type OpinionStatement, type PackageName, parsePackageSpec, parseVersion,
  shortIdentity, statementOf, type Version, versionSlot,
} from '#core'
import type { StagedReply, UploadReply } from '#doors/control'
import type { Context, Run } from './context.ts'
import type { Outcome } from './outcome.ts'
import { publishInTurn } from './publish.ts'
import { requireSigner, type Signer } from './signer.ts'

export interface ApproveOptions {
  /** Do not ask. */
  readonly yes?: boolean
}

/** `ggen approve`: what of this publisher waits for more signatures, and what package managers handed in that nobody has signed yet. */
export const listStaged = (): Run => async (context) => {
  const { client, deadline } = context
  const { identity } = await requireSigner(context)
  const { staged } = await client.staged(identity, deadline.signal)
  return { kind: 'staged', value: { staged, uploads: await uploadsOf(context) } }
}

/** Of a node that answers no package managers: none. */
const uploadsOf = async ({ client, deadline }: Context): Promise<readonly UploadReply[]> => {
  try {
    return (await client.npmUploads(deadline.signal)).uploads
  } catch (error) {
    if (isGgenError(error, 'no-npm-door')) return []
    throw error
  }
}

/**
 * `ggen approve PACKAGE` or `ID`: the node brings and verifies what waits, a person looks at it, and this process signs it too. Throws
 * `version-not-found`, and `usage` where nobody can be asked and nobody said yes before.
 */
export const approve =
  (what: string, { yes = false }: ApproveOptions): Run =>
  async (context) => {
    const { client, deadline, show } = context
    const wanted = readWanted(what)
    const upload = 'op' in wanted ? undefined : (await uploadsOf(context)).find((one) => isMeant(one, wanted))
    if (upload !== undefined) return await approveUpload(upload, yes, context)
    const signer = await requireSigner(context)
    const { payload, lookAlikes = [], ...staged } = await client.prepareApproval({ identity: signer.identity, chain: signer.chain, ...wanted }, deadline.signal)
    if (staged.says !== 'opinion' && lookAlikes.length > 0) show({ kind: 'alike', value: { name: staged.name, lookAlikes } })
    if (!yes) await askWhether(staged, context)
    const why = staged.says === 'opinion' ? `approve what is said of ${subjectOf(staged.opinion)}` : `approve ${staged.name} ${staged.version}`
    const signature = await signer.sign({ payload, isExpected: (op) => isWanted(op, wanted, signer) && isShown(op, staged), why })
    const approved = await client.approve(staged.op, [{ key: signer.publicKey, signature }], deadline.signal)
    return { kind: 'approved', value: { ...approved, ...(lookAlikes.length > 0 && { lookAlikes }) } }
  }

const isMeant = (upload: UploadReply, { name, version }: Extract<Wanted, { name: PackageName }>): boolean =>
  upload.name === name && (version === undefined || upload.version === version)

/** What `npm publish` handed in is published as `ggen publish` would, from the archive as it came. */
const approveUpload = async (upload: UploadReply, yes: boolean, context: Context): Promise<Outcome> => {
  const { client, deadline } = context
  if (!yes) await confirm(`publish ${upload.name} ${upload.version} (${upload.sizeBytes} bytes), as it was handed in? [y/N] `, context)
  const receipt = await publishInTurn({ path: upload.path }, await requireSigner(context), context)
  await client.npmUploadRemove(upload.id, deadline.signal)
  return { kind: 'published', value: receipt }
}

/** A word about somebody else, or what waits of a package. */
type Wanted = { readonly op: OpId } | { readonly name: PackageName; readonly version?: Version }

const readWanted = (what: string): Wanted => {
  if (isOpId(what)) return { op: what }
  const { name, range } = parsePackageSpec(what)
  return range === undefined ? { name } : { name, version: parseVersion(range) }
}

/** Whom or what somebody speaks of, in a few words. */
const subjectOf = (said: OpinionStatement): string => (said.type === 'advisory' ? said.name : (said.names[0] ?? shortIdentity(said.target)))

const isWanted = (op: Op, wanted: Wanted, { identity }: Signer): boolean => {
  if (op.identity !== identity) return false
  if ('op' in wanted) return op.id === wanted.op
  if (!isFeedOp(op) || op.body.name !== wanted.name) return false
  return wanted.version === undefined || (op.body.version !== '*' && versionSlot(op.body.version) === versionSlot(wanted.version))
}

/** Nobody signs what he was not shown. */
const isShown = (op: Op, staged: StagedReply): boolean => {
  if (op.id !== staged.op) return false
  if (staged.says === 'opinion') return isOpinion(op) && isDeepStrictEqual(statementOf(op), staged.opinion)
  const { name, version, says, digest } = staged
  if (!isFeedOp(op) || op.body.name !== name || op.body.version !== version) return false
  return op.type === 'release' ? says === 'release' && op.body.artifact.digest === digest : op.body.state === says
}

const askWhether = async (staged: StagedReply, context: Context): Promise<void> => {
  const { ask, show } = context
  if (ask !== undefined) show({ kind: 'to-approve', value: staged })
  await confirm('sign it? [y/N] ', context)
}

/** Throws `usage` where nobody can be asked, and `cancelled`. */
const confirm = async (question: string, { ask, deadline }: Context): Promise<void> => {
  if (ask === undefined) throw new GgenError('usage', 'nobody can be asked here whether it is right', { hint: 'look at it yourself, and say --yes' })
  deadline.lift()
  const answer = await ask.visible(question, deadline.signal)
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new GgenError('cancelled', 'it was not approved')
}
