import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Command } from 'commander'
import { LIMITS } from '#core'
import {
  adviseCommand, blockCommand, blockedCommand, endorseCommand, followCommand, followedCommand, readSpan, readSubject, unblockCommand, unfollowCommand,
} from './following-commands.ts'
import type { OnChoice } from './options.ts'

const ID = `bafyrei${'a'.repeat(52)}`

const parse = (make: (choose: OnChoice) => Command, ...args: readonly string[]): boolean => {
  let chosen = false
  make(() => { chosen = true }).exitOverride().configureOutput({ writeErr: () => undefined }).parse(args, { from: 'user' })
  return chosen
}

test('A subject is a publisher, or one name of it', () => {
  assert.deepEqual([ID, `@${ID}`].map(readSubject), [{ identity: ID }, { identity: ID }])
  assert.deepEqual(readSubject(`@${ID}/tool`), { identity: ID, name: 'tool' })
  assert.deepEqual(readSubject(`@${ID}/@scope/tool`), { identity: ID, name: '@scope/tool' })
  for (const wrong of ['', '@', 'tool', '@scope/tool', `@${ID}/`, `@${ID}/No Name`, `@${ID}/tool@1.0.0`, 'k7f3-q9zm-2hxa']) {
    assert.throws(() => readSubject(wrong), /Give @IDENTITY/, wrong)
  }
})

test('A span is given in days, or less', () => {
  assert.deepEqual(['90d', '12h', '30 min'].map(readSpan), [7_776_000_000, 43_200_000, 1_800_000])
  for (const wrong of ['', 'soon', '-1d', '1y']) assert.throws(() => readSpan(wrong), /90d/, wrong)
})

test('Publishers are followed and let go by their whole identity', () => {
  for (const make of [followCommand, unfollowCommand]) {
    assert(parse(make, ID))
    assert.throws(() => parse(make, 'k7f3-q9zm-2hxa'))
  }
  assert(parse(followedCommand) && parse(blockedCommand))
  assert(parse(blockCommand, `@${ID}/tool`, '--why', 'x') && parse(unblockCommand, `@${ID}`))
})

test('A word for others is one of three, and advice has a severity', () => {
  for (const flags of [[], ['--block', '--why', 'malware'], ['--none'], ['--for', '90d']]) assert(parse(endorseCommand, `@${ID}`, ...flags))
  assert.throws(() => parse(endorseCommand, `@${ID}`, '--block', '--none'))
  const spec = `@${ID}/tool@<2`
  assert(parse(adviseCommand, spec, '--severity', 'high', '--why', 'x', '--ref', 'https://example.com', '--fix', '2.0.0'))
  assert(parse(adviseCommand, spec, '--severity', 'none'))
  const long = 'r'.repeat(LIMITS.referenceChars + 1)
  for (const flags of [[], ['--severity', 'medium'], ['--severity', 'low', '--fix', '^2'], ['--severity', 'low', '--ref', long]]) {
    assert.throws(() => parse(adviseCommand, spec, ...flags), flags.join(' '))
  }
})
