import { GgenError, type ReleaseOp, type Roles } from '#core'
import type { SeenRelease } from '#store'

/** What a later release of a package lacks, or newly asks for, beside the one that was installed before. */
export type Downgrade = 'scripts' | 'signatures' | 'people' | 'key' | 'threshold' | 'provenance'

const WORDS: Readonly<Record<Downgrade, string>> = {
  scripts: 'it asks for install scripts, and the one before did not',
  signatures: 'fewer keys of its publisher signed it',
  people: 'no person signed it any more, only machines',
  key: 'it was signed by a key that had not signed before',
  threshold: 'its publisher asks fewer signatures of itself than before',
  provenance: 'it does not say any more where it was built',
}

/** What is remembered of a release that is being installed. `roles` are those that it names. */
export const toSeen = (release: ReleaseOp, roles: Roles): SeenRelease => {
  const signed = roles.release.filter(({ key }) => release.signers.has(key))
  return {
    op: release.id,
    version: release.body.version,
    feed: release.feed,
    seq: release.seq,
    scripts: release.body.scripts,
    signatures: signed.length,
    people: signed.filter(({ auto }) => auto !== true).length,
    provenance: release.body.provenance.length,
    need: roles.need,
    human: roles.human ?? 0,
  }
}

/** In what a release is weaker than the one that was installed before. What stands before that one in the same feed was there earlier, and may be. */
export const downgrades = (before: SeenRelease, now: SeenRelease): readonly Downgrade[] => {
  if (now.op === before.op || (now.feed === before.feed && now.seq < before.seq)) return []
  const found: Record<Downgrade, boolean> = {
    scripts: now.scripts && !before.scripts,
    signatures: now.signatures < before.signatures,
    people: now.people === 0 && before.people > 0,
    key: now.feed !== before.feed,
    threshold: now.need < before.need || now.human < before.human,
    provenance: now.provenance === 0 && before.provenance > 0,
  }
  return (Object.keys(WORDS) as Downgrade[]).filter((kind) => found[kind])
}

/** The refusal that says in plain words what is weaker. */
export const downgraded = ({ body }: ReleaseOp, before: SeenRelease, kinds: readonly Downgrade[]): GgenError => {
  const list = kinds.map((kind) => WORDS[kind]).join('; ')
  return new GgenError('downgrade', `${body.name}@${body.version} is weaker than ${before.version}, which was installed before: ${list}`, {
    details: { name: body.name, version: body.version, before: before.version, downgrades: kinds },
  })
}
