import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { PeerId } from '#core'
import { buildCentral } from './build-central.ts'
import { openScene } from './central-scene.conformance.ts'
import { failure, type Route, ROUTES } from './protocol.ts'

test('every route of the protocol is answered, and what goes wrong in it has the one form', async () => {
  await using scene = await openScene()
  const sources = { ...scene, peerId: 'a peer' as PeerId, version: '1', replicas: 0, isProxy: () => false, isStopping: () => false }
  const server = await buildCentral(sources, (listener) => createServer(listener))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    for (const route of Object.values(ROUTES) as Route[]) {
      const path = route.path.replace(':name', 'tool').replace(':id', 'x').replace(':digest', `sha256:${'0'.repeat(64)}`)
      const response = await fetch(url + path, { method: route.method })
      const text = await response.text()
      assert.ok(!text.includes(`there is no ${route.method} `), `${route.method} ${path}`)
      if (response.status >= 400 && route.method !== 'HEAD') failure.parse(JSON.parse(text))
      assert.ok(response.status < 500, `${route.method} ${path}: ${response.status}`)
      if (route.needsToken === true) assert.equal(response.status, 401, path)
    }
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
