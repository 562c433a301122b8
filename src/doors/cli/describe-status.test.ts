import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IdentityId, type OpId, parsePackageName, parseVersion } from '#core'
import { saidText } from './describe-status.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const look: Look = { isTTY: true, columns: 80, bold: same, dim: same, red: same, command: 'ggen' }
const ID = `bafyrei${'a'.repeat(52)}` as IdentityId
const SAID = { name: parsePackageName('tool'), version: parseVersion('1.0.0'), state: 'yanked', identity: ID, op: ID as OpId, peers: 2 } as const

test('People read what became of a version, why, and who heard of it', () => {
  assert.equal(saidText({ ...SAID, why: 'no\u001B[2Jgood' }, look), 'tool 1.0.0 is yanked: no[2Jgood\n2 peers told, the others hear of it when they compare\n')
  const staged = { signatures: 1, need: 2, people: 0, human: 0 }
  assert.match(saidText({ ...SAID, staged }, look), /^tool 1\.0\.0 is yanked\nit waits for signatures: 1 of 2; approve it: ggen approve tool@1\.0\.0\n2 peers/)
  assert.match(saidText({ ...SAID, version: '*', staged }, look), /ggen approve tool\n/)
  assert.match(saidText({ ...SAID, version: '*', state: 'live', peers: 0 }, look), /^every version of tool stands again\nnobody is connected/)
})
