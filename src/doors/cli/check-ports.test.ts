import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Multiaddr, parseMultiaddr } from '#core'
import type { PortState } from './commands/machine.ts'
import { checkPorts, type WantedPort, wantedPorts } from './check-ports.ts'

const config = {
  listen: [parseMultiaddr('/ip4/0.0.0.0/tcp/4001'), parseMultiaddr('/ip6/::/tcp/5001')], listenIsDefault: true, bulkPort: 4002, bulkPortIsDefault: false,
  controlPort: 4003,
}
const [port, , bulk, control] = wantedPorts(config) as readonly [WantedPort, WantedPort, WantedPort, WantedPort]

const stateOf = (wanted: WantedPort, state: PortState, addresses?: readonly Multiaddr[]): string | undefined =>
  checkPorts({ wanted: [{ ...wanted, state }], addresses })[0]?.state

test('every port of the configuration is tried, but one that may be any', () => {
  const all = wantedPorts(config).map(({ check, host, port: number, isDefault }) => [check, host, number, isDefault])
  assert.deepEqual(all, [
    ['port', '0.0.0.0', 4001, true], ['port', '::', 5001, true], ['bulk port', '0.0.0.0', 4002, false], ['control port', '127.0.0.1', 4003, false],
  ])
  assert.deepEqual(wantedPorts({ ...config, listen: [parseMultiaddr('/ip4/127.0.0.1/tcp/0')], bulkPort: undefined, controlPort: undefined }), [])
})

test('without a node, a port must be free, and a taken one that was chosen is wrong', () => {
  for (const wanted of [port, bulk, control]) assert.equal(stateOf(wanted, 'free'), 'ok')
  assert.deepEqual([stateOf(port, 'taken'), stateOf(bulk, 'taken'), stateOf(control, 'taken')], ['warn', 'fail', 'fail'])
  for (const state of ['denied', 'elsewhere'] as const) assert.equal(stateOf(port, state), 'fail')
  assert.match(checkPorts({ wanted: [{ ...bulk, state: 'taken' }], addresses: undefined })[0]?.advice ?? '', /--bulk-port/)
})

test('with a node, the port must be where the node says that it listens', () => {
  const ours = [parseMultiaddr('/ip4/192.0.2.1/tcp/4001')]
  const others = [parseMultiaddr('/ip4/192.0.2.1/tcp/40123')]
  assert.equal(stateOf(port, 'taken', ours), 'ok')
  assert.equal(stateOf(port, 'taken', others), 'warn')
  assert.equal(stateOf({ ...port, isDefault: false }, 'free', []), 'warn')
  assert.match(checkPorts({ wanted: [{ ...port, state: 'taken' }], addresses: others })[0]?.finding ?? '', /listens on 40123, not on the usual 4001/)
})

test('what a node does not say is not guessed', () => {
  for (const wanted of [bulk, control]) {
    assert.equal(stateOf(wanted, 'taken', []), 'ok')
    assert.equal(stateOf(wanted, 'free', []), 'unknown')
  }
})
