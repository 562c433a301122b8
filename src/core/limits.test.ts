import assert from 'node:assert/strict'
import test from 'node:test'
import { LIMITS } from './limits.ts'

test('limits are positive whole numbers that nobody can change', () => {
  assert(Object.isFrozen(LIMITS))
  for (const [name, value] of Object.entries(LIMITS)) assert(Number.isSafeInteger(value) && value > 0, name)
})

test('an op with the longest texts fits into an envelope', () => {
  const bytesPerCharacter = 4
  const texts = LIMITS.titleChars + LIMITS.descriptionChars + LIMITS.tags * LIMITS.tagChars + LIMITS.categoryChars + LIMITS.licenseChars + LIMITS.authorChars
  const signatures = LIMITS.opSignatures * 103
  assert(bytesPerCharacter * texts + LIMITS.nameChars + LIMITS.versionChars + LIMITS.opExtensionBytes + signatures + 1024 <= LIMITS.opBytes)
})
