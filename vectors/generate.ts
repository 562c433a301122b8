import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { openOp } from '#trust'
import { invalidBodies } from './invalid-bodies.ts'
import { invalidCbor } from './invalid-cbor.ts'
import { invalidEnvelopes } from './invalid-envelopes.ts'
import type { InvalidOp } from './invalid-op.ts'
import { invalidOpinions } from './invalid-opinions.ts'
import { invalidPayloads } from './invalid-payloads.ts'
import { invalidRoles } from './invalid-roles.ts'
import { opJson, vectorText } from './op-json.ts'
import type { Scenario } from './scenario.ts'
import { type ValidOp, validOps } from './valid-ops.ts'
import { chainScenarios } from './view-chains.ts'
import { feedScenarios } from './view-feeds.ts'
import { viewJson } from './view-json.ts'
import { opinionScenarios } from './view-opinions.ts'
import { rotationScenarios } from './view-rotation.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

const validText = ({ description, envelope }: ValidOp): string => {
  const op = openOp(envelope)
  return vectorText({ description, envelopeHex: hex(envelope), id: op.id, op: opJson(op) })
}

const invalidText = ({ description, envelope, reason }: InvalidOp): string => vectorText({ description, envelopeHex: hex(envelope), reason })

const scenarioText = ({ description, identity, ops, cases }: Scenario): string =>
  vectorText({
    description,
    identity,
    ops: Object.fromEntries(Object.entries(ops).map(([label, op]) => [label, hex(op.bytes)])),
    cases: cases.map((one) => ({ ...one, view: viewJson(identity, one.ops.flatMap((label) => ops[label] ?? [])) })),
  })

const invalidOps = (): readonly InvalidOp[] => {
  const ops = [...invalidCbor(), ...invalidEnvelopes(), ...invalidPayloads(), ...invalidRoles(), ...invalidBodies(), ...invalidOpinions()]
  assert.equal(new Set(ops.map(({ slug }) => slug)).size, ops.length, 'two vectors have one name')
  return ops
}

const scenarios = (): readonly Scenario[] => [...chainScenarios(), ...feedScenarios(), ...opinionScenarios(), ...rotationScenarios()]

/** Every generated file: its path below this folder, and its text. */
export const vectorFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ...validOps().map((op) => [`ops/valid/${op.slug}.json`, validText(op)] as const),
    ...invalidOps().map((op) => [`ops/invalid/${op.slug}.json`, invalidText(op)] as const),
    ...scenarios().map((story) => [`views/${story.slug}.json`, scenarioText(story)] as const),
  ])

const FOLDERS = ['ops/valid', 'ops/invalid', 'views'] as const

/** Rewrites the generated files and removes those that are no longer generated. */
const writeAll = (): void => {
  const files = vectorFiles()
  for (const folder of FOLDERS) {
    const path = new URL(`${folder}/`, import.meta.url)
    mkdirSync(path, { recursive: true })
    for (const name of readdirSync(path)) if (!files.has(`${folder}/${name}`)) rmSync(new URL(name, path))
  }
  for (const [name, text] of files) writeFileSync(new URL(name, import.meta.url), text)
}

if (import.meta.main) writeAll()
