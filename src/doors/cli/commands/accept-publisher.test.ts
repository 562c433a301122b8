import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GgenError, type IdentityId, parsePackageName } from '#core'
import type { ControlClient } from '#doors/control'
import { acceptPublisher } from './accept-publisher.ts'
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

test('A person who says yes accepts the publisher, and nobody else does', async () => {
  assert.deepEqual(await acceptPublisher(refusal, contextOf(person('y'))), { name: NAME, identity: ID })
  for (const answer of ['', 'n', 'maybe']) assert.equal(await acceptPublisher(refusal, contextOf(person(answer))), undefined)
  assert.equal(await acceptPublisher(refusal, contextOf()), undefined)
})

test('Only that refusal is a question', async () => {
  const contested = new GgenError('name-contested', 'several')
  const strange = [{ name: NAME, identity: 'x' }, { name: 'No Name', identity: ID }, {}].map((details) => new GgenError('name-unverified', 'who?', { details }))
  for (const error of [contested, ...strange, new Error('defect')]) assert.equal(await acceptPublisher(error, contextOf(person())), undefined)
})
