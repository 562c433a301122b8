import { GgenError, type Op, parsePackageSpec, parseVersion } from '#core'
import type { StagedReply } from '#doors/control'
import type { Context, Run } from './context.ts'
import { requireSigner } from './signer.ts'

export interface ApproveOptions {
  /** Do not ask. */
  readonly yes?: boolean
}

/** `ggen approve`: what of this publisher waits for more signatures. */
export const listStaged = (): Run => async (context) => {
  const { identity } = await requireSigner(context)
  return { kind: 'staged', value: await context.client.staged(identity, context.deadline.signal) }
}

/**
 * `ggen approve PACKAGE`: the node brings and verifies what waits, a person looks at it, and this process signs it too. Throws `version-not-found`, and
 * `usage` where nobody can be asked and nobody said yes before.
 */
export const approve =
  (spec: string, { yes = false }: ApproveOptions): Run =>
  async (context) => {
    const { client, deadline } = context
    const { name, range } = parsePackageSpec(spec)
    const signer = await requireSigner(context)
    const wanted = range === undefined ? {} : { version: parseVersion(range) }
    const { payload, ...staged } = await client.prepareApproval({ identity: signer.identity, chain: signer.chain, name, ...wanted }, deadline.signal)
    if (!yes) await askWhether(staged, context)
    const signature = await signer.sign({ payload, isExpected: isApproved(staged), why: `approve ${staged.name} ${staged.version}` })
    return { kind: 'approved', value: await client.approve(staged.op, [{ key: signer.publicKey, signature }], deadline.signal) }
  }

const isApproved =
  ({ op: id, identity, name, version, says, digest }: StagedReply) =>
  (op: Op): boolean =>
    op.id === id && op.identity === identity && 'feed' in op && op.body.name === name && op.body.version === version &&
    (op.type === 'release' ? says === 'release' && op.body.artifact.digest === digest : op.body.state === says)

const askWhether = async ({ name, version, says, digest }: StagedReply, { ask, deadline, say }: Context): Promise<void> => {
  if (ask === undefined) throw new GgenError('usage', 'nobody can be asked here whether it is right', { hint: 'look at it yourself, and say --yes' })
  deadline.lift()
  say(`${name} ${version}: ${says === 'release' ? `a release, verified here: ${digest ?? ''}` : `it is to be ${says}`}`)
  const answer = await ask.visible('sign it? [y/N] ', deadline.signal)
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new GgenError('cancelled', 'it was not approved')
}
