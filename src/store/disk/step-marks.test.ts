import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LIMITS } from '#core'
import { CATALOGUE_SCHEMA } from './catalogue-schema.ts'
import { Database } from './database.ts'
import { StepMarks } from './step-marks.ts'

test('As many moments are noted as a month has, and no more', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'ggen-steps-'))
  using database = Database.open(join(folder.path, 'catalogue.db'), CATALOGUE_SCHEMA)
  const marks = new StepMarks(database)
  const most = LIMITS.stepsMs / LIMITS.stepEveryMs + 1
  database.transact(() => {
    for (let count = 0; count < most + 100; count += 1) marks.note(count * LIMITS.stepEveryMs)
  })
  assert.equal(database.get<{ count: number }>('SELECT count(*) AS count FROM steps')?.count, most)
})
