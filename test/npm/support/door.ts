import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { Events, type GgenEvent, GgenError } from '#core'
import { Works } from '#doors/http'
import { npmDoor } from '#doors/npm'
import { systemClock } from '#node/system'
import { type DepotScene, type DepotSceneOptions, openDepotScene } from './depot-scene.ts'
import type { StubUpstream } from './stub-upstream.ts'

/** A door over real connections to upstreams. */
export interface Door extends DepotScene {
  /** Ends in `/`. */
  readonly url: string
  readonly token: string
  /** Everything that was reported. */
  readonly events: readonly GgenEvent[]
}

const unsigned = async (): Promise<never> => {
  throw new GgenError('passphrase-needed', 'nobody signs here')
}

/** Opens one that asks one upstream for everything, or what an `.npmrc` says. */
export const openDoor = async (context: TestContext, { url }: Pick<StubUpstream, 'url'>, options: string | DepotSceneOptions = {}): Promise<Door> => {
  const events = new Events()
  const [npmrc, more] = typeof options === 'string' ? [options, {}] : [`registry=${url}\n`, options]
  const scene = await openDepotScene(context, npmrc, { events, ...more })
  const token = 'door-token-0123456789'
  const told: GgenEvent[] = []
  events.subscribe((event) => told.push(event))
  const desk = { publish: unsigned, say: unsigned }
  const parts = { depot: scene.depot, clock: systemClock, events, works: new Works(), token, desk, userName: 'alice' }
  const server = createServer(npmDoor(parts)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { ...scene, token, events: told, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/npm/` }
}
