import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parsePeerId } from '#core'
import { ciOutcomeText } from './describe-ci.ts'
import type { Look } from './look.ts'

const same = (text: string): string => text
const LOOK: Look = { isTTY: true, columns: 120, bold: same, dim: same, red: same, command: 'ggen' }

const STARTED = {
  peerId: parsePeerId(`12D3Koo${'W'.repeat(45)}`), addresses: [], home: '/h', pid: 7, url: 'http://127.0.0.1:4003/npm/', upstreams: ['https://r.example/'],
  network: 'acme', variables: { GGEN_HOME: '/a folder', npm_config_registry: 'http://127.0.0.1:4003/npm/' },
}

test('The node of a job says what its steps need, to a shell nothing else', () => {
  const lines = `export GGEN_HOME='/a folder'\nexport npm_config_registry=http://127.0.0.1:4003/npm/\n`
  assert.deepEqual(ciOutcomeText({ kind: 'ci-started', value: STARTED, isExport: true }, LOOK), { result: lines })
  const { result } = ciOutcomeText({ kind: 'ci-started', value: STARTED, isExport: false }, LOOK)
  assert.match(result, /^registry +http.*\nbehind it +https:\/\/r\.example\/\nnetwork +acme\n/)
  assert.ok(result.endsWith(lines))
})

test('The node of a job says at its end how much came from where', () => {
  const from = [{ from: 'disk', archives: 2, bytes: 3000 }, { from: 'upstream', archives: 1, bytes: 500 }] as const
  const stopped = ciOutcomeText({ kind: 'ci-stopped', value: { stopped: true, pid: 7, from, installs: [] } }, LOOK)
  assert.match(stopped.result, /^this disk +2 archives, 3\.0 kB\nupstream +1 archive, 500 B\n/)
  const nothing = ciOutcomeText({ kind: 'ci-stopped', value: { stopped: true, from: [], installs: [] } }, LOOK)
  assert.deepEqual([nothing.result, /nobody has installed/.test(nothing.remark ?? '')], ['', true])
  assert.match(ciOutcomeText({ kind: 'ci-stopped', value: { stopped: false, from: [], installs: [] } }, LOOK).remark ?? '', /no node was running/)
})
