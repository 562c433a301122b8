import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, type IdentityId, parsePackageName } from '#core'
import type { ControlClient } from '#doors/control'
import { withAcceptance } from './accept-publisher.ts'
import type { Context } from './context.ts'
import { machine, person } from './identity-scene.conformance.ts'

const ID = `bafyrei${'a'.repeat(52)}` as IdentityId
const NAME = parsePackageName('tool')
const refusal = new GgenError('name-unverified', 'who?', { details: { name: NAME, identity: ID } })
const client = { trustWhy: async () => ({ name: NAME, verdict: { outcome: 'unverified', identity: ID }, claims: [], claimCount: 1 }) } as never as ControlClient

const contextOf = (ask?: ReturnType<typeof person>): Context => {
  const context = machine('ada').context(ask === undefined ? {} : { ask })
  context.deadline.lift()
  return { ...context, client }
}

const attempt = async (trust?: IdentityId): Promise<string> => {
  if (trust === undefined) throw refusal
  return `installed of ${trust}`
}

test('A person who says yes accepts the publisher, and nobody else does', async () => {
  assert.equal(await withAcceptance(attempt, contextOf(person('y'))), `installed of ${ID}`)
  for (const answer of ['', 'n', 'maybe']) await assert.rejects(withAcceptance(attempt, contextOf(person(answer))), refusal)
  await assert.rejects(withAcceptance(attempt, contextOf()), refusal)
})

test('Only that refusal is a question', async () => {
  const contested = new GgenError('name-contested', 'several')
  await assert.rejects(withAcceptance(async () => { throw contested }, contextOf(person())), contested)
  const strange = new GgenError('name-unverified', 'who?', { details: { name: NAME, identity: 'x' } })
  await assert.rejects(withAcceptance(async () => { throw strange }, contextOf(person())), strange)
})
