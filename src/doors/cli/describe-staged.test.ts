import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Digest, type IdentityId, type OpId, parsePackageName, parseVersion, registryIdOf } from '#core'
import type { StagedOpinionReply, StagedReply, StagedReleaseReply } from '#doors/control'
import { approvedText, missingText, signaturesText, stagedText, toApproveText } from './describe-staged.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const look: Look = { isTTY: true, columns: 160, bold: same, dim: same, red: same, command: 'ggen' }
const ID = `bafyrei${'a'.repeat(52)}`
const STAGED: StagedReleaseReply = {
  op: ID as OpId, identity: ID as IdentityId, name: parsePackageName('tool'), version: parseVersion('1.0.0'), says: 'release', at: 1_795_232_949,
  signatures: 1, need: 2, people: 0, human: 1,
}

const { name: _, version: __, says: ___, ...HEAD } = STAGED
const OPINION: StagedOpinionReply = {
  ...HEAD, says: 'opinion', opinion: { type: 'endorse', target: ID as IdentityId, names: [parsePackageName('lib')], level: 'block', why: 'x' },
}

test('People read what waits, how it is called, and what it waits for', () => {
  assert.match(stagedText({ staged: [STAGED], uploads: [] }, look), /tool@1\.0\.0 +2026-11-21 03:49Z +1 of 2, 0 of 1 by people +release\n/)
  const staged: readonly StagedReply[] = [{ ...STAGED, says: 'yanked' }, { ...STAGED, version: '*', says: 'live' }, OPINION]
  const words = stagedText({ staged, uploads: [] }, { ...look, bold: () => 'painted' })
  assert.match(words, /tool@1\.0\.0 .*it is yanked\ntool .*every version is live\nbafyreia{52} .*you warn of lib of aaaa-aaaa-aaaa: x\n/)
  assert.equal(stagedText({ staged: [], uploads: [] }, look), '')
  const upload = { id: 'ab', name: '@acme/thing', version: '1.0.0', sizeBytes: 2048, at: STAGED.at * 1000, path: '/x' }
  assert.match(stagedText({ staged: [], uploads: [upload] }, look), /@acme\/thing@1\.0\.0 +2026-11-21 03:49Z +2/)
  assert.equal(signaturesText({ ...STAGED, human: 0 }), '1 of 2')
})

test('What was signed says how it is completed, if it is not', () => {
  assert.equal(missingText(undefined, 'tool'), '')
  assert.equal(missingText(STAGED, 'tool'), 'it waits for signatures: 1 of 2, 0 of 1 by people; approve it: ggen approve tool\n')
})

test('Whoever is to sign sees all of it', () => {
  assert.equal(toApproveText({ ...STAGED, digest: 'sha256:00' as Digest }, look), 'tool 1.0.0: a release, verified here: sha256:00\n')
  assert.equal(toApproveText({ ...STAGED, says: 'yanked' }, look), 'tool 1.0.0: it is to be yanked\n')
  assert.equal(toApproveText(OPINION, look), `you warn of lib of aaaa-aaaa-aaaa: x\nit is about @${ID}\n`)
})

test('An approval says whether it was the last one that was missing', () => {
  assert.equal(approvedText({ ...STAGED, signatures: 2, people: 1 }, look), 'approved tool 1.0.0\neverybody can choose it now\n')
  assert.equal(approvedText({ ...STAGED, says: 'yanked', signatures: 2, people: 1 }, look), 'approved tool 1.0.0\nit counts now\n')
  assert.match(approvedText({ ...OPINION, signatures: 2, people: 1 }, look), /^approved you warn of lib .*\nit counts now for whoever follows you\n$/)
  assert.match(approvedText(STAGED, look), /it still waits: 1 of 2/)
  const target = registryIdOf(new URL('https://packages.example'))
  assert.match(approvedText({ ...STAGED, targets: [{ target, state: 'stored' }] }, look), /\nregistry https:\/\/packages\.example: stored\n$/)
})
