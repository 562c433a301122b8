import assert from 'node:assert/strict'
import { mkdir, readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import type { PackageName } from '#core'
import { temporaryFolder } from '#testing'
import { dropPlan, readPlan, writePlan } from './change-plan.ts'
import { placesOf } from './project-places.ts'

describe('the plan of a change', () => {
  it('is there whole until it is dropped', async () => {
    await using folder = await temporaryFolder()
    const places = placesOf(folder.path)
    await mkdir(places.workshop, { recursive: true })
    assert.equal(await readPlan(places), undefined)
    const plan = { packages: [{ name: '@x/a' as PackageName, inode: '1' }], before: 'none', after: 'x' }
    await writePlan(places, plan)
    assert.deepEqual(await readPlan(places), plan)
    assert.deepEqual(await readdir(places.workshop), ['plan.json'])
    await dropPlan(places)
    assert.equal(await readPlan(places), undefined)
  })
})
