import assert from 'node:assert/strict'
import type { Sha512 } from '#core'
import { parseIntegrity, sha512Of } from '#npm'
import { DepotScene, going, integrityOfBytes, TOOL } from './depot-scene.conformance.ts'

export const BYTES = Buffer.from('the bytes of an archive')
export const SHA512 = sha512Of(parseIntegrity(integrityOfBytes(BYTES))) ?? assert.fail()
/** Nobody has it. */
export const NOWHERE = 'f'.repeat(128) as Sha512

export interface KeepersScene {
  readonly giver: DepotScene
  readonly takers: readonly DepotScene[]
}

/** A node that holds an archive, and others that know it. */
export const team = async (count: number, stack: AsyncDisposableStack): Promise<KeepersScene> => {
  const giver = stack.use(new DepotScene())
  giver.registry.publish('1.0.0', BYTES)
  await giver.inTime(giver.depot.bring({ name: TOOL, version: '1.0.0' }, going))
  const takers = Array.from({ length: count }, (_, at) => stack.use(new DepotScene(giver.registry, `peer-${at}`)))
  giver.others.push(...takers)
  for (const taker of takers) taker.others.push(giver)
  return { giver, takers }
}

/** Lets the time of all of them pass until the work is over. */
export const inTime = async <T>(scenes: readonly DepotScene[], work: Promise<T>): Promise<T> => {
  const [first, ...rest] = scenes
  assert.ok(first !== undefined)
  const others = rest.map(async (scene) => await scene.inTime(work))
  const result = await first.inTime(work)
  await Promise.all(others)
  return result
}

/** Lets so much time pass for all of them, in steps in which whatever becomes due is done. */
export const pass = async (scenes: readonly Pick<DepotScene, 'clock'>[], ms: number, stepMs = 60_000): Promise<void> => {
  for (let passed = 0; passed < ms; passed += stepMs) {
    for (const { clock } of scenes) clock.advance(Math.min(stepMs, ms - passed))
    for (let turns = 0; turns < 30; turns += 1) await new Promise((resolve) => setImmediate(resolve))
  }
}
