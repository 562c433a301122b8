import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientOf, keepsToItsRegistry, sessionOf } from './client-of.ts'

describe('clientOf', () => {
  it('knows the package managers by what they call themselves', () => {
    const agents = [
      'npm/12.2.2 node/v24.21.0 linux x64 workspaces/false', 'pnpm/12.21.0 npm/? node/v24', 'yarn/1.22.22 npm/? node/v24', 'got (https://x.example)',
      'Bun/1.4.5', undefined, 'curl/8', '?',
    ]
    assert.deepEqual(agents.map(clientOf), ['npm', 'pnpm', 'yarn', 'yarn', 'bun', 'yarn', 'curl', 'other'])
  })

  it('knows which run of npm asks', () => {
    assert.deepEqual(['5c1f2a7bd1e0', undefined, '', 'a b', 'x'.repeat(65), ['a', 'b']].map(sessionOf), ['5c1f2a7bd1e0', ...Array(5).fill(undefined)])
  })

  it('gives the addresses of the upstream to npm alone', () => {
    assert.deepEqual(['npm', 'pnpm', 'yarn', 'bun', 'other'].filter(keepsToItsRegistry), ['npm'])
  })
})
