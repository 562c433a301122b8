import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Variables } from '#config'
import { lookOf } from './look.ts'

const isColoured = (isTTY: boolean, env: Variables): boolean => lookOf({ write: () => undefined, isTTY }, env).bold('x') !== 'x'

describe('lookOf', () => {
  it('uses colours on a terminal unless NO_COLOR is set or the terminal is dumb', () => {
    assert.equal(isColoured(true, {}), true)
    assert.equal(isColoured(false, {}), false)
    assert.equal(isColoured(true, { NO_COLOR: '1' }), false)
    assert.equal(isColoured(true, { NO_COLOR: '' }), true)
    assert.equal(isColoured(true, { TERM: 'dumb' }), false)
    assert.equal(isColoured(false, { FORCE_COLOR: '1' }), true)
    assert.equal(isColoured(true, { FORCE_COLOR: '0' }), false)
    assert.equal(isColoured(false, { FORCE_COLOR: '1', NO_COLOR: '1' }), false)
  })

  it('assumes 80 columns where nothing is known', () => {
    assert.equal(lookOf({ write: () => undefined, isTTY: false }, {}).columns, 80)
    assert.equal(lookOf({ write: () => undefined, isTTY: true, columns: 132 }, {}).columns, 132)
  })

  it('names the program as it was called: by npx or npm start in a checkout, by its name elsewhere', () => {
    const called = (env: Variables): string => lookOf({ write: () => undefined, isTTY: false }, env).command
    assert.equal(called({ npm_lifecycle_event: 'start' }), 'npx ggen')
    assert.equal(called({ npm_command: 'exec' }), 'npx ggen')
    assert.equal(called({}), 'ggen')
  })
})
