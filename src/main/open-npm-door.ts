import { userInfo } from 'node:os'
import { join } from 'node:path'
import type { Config } from '#config'
import type { Events } from '#core'
import { openControlToken, type TcpOptions, type NpmView } from '#doors/daemon'
import { isForNpm, lazyNpmDoor, NPM_PREFIX, type PublishDesk } from '#doors/npm'
import { parseIntegrity, parseNpmName, parseNpmSpec, parseNpmVersion } from '#npm'
import type { OpenNode } from '#node'
import { systemClock } from '#node/system'
import { Uploads } from '#store/disk'

/** Systemd hands over sockets from this descriptor on. */
const FIRST_SOCKET = 3

/** The socket that systemd listens on for this program, if it does: npm and pnpm would wait for a minute where nobody listens. */
export const inheritedSocket = ({ LISTEN_FDS, LISTEN_PID }: NodeJS.ProcessEnv, pids: readonly number[]): number | undefined =>
  LISTEN_FDS === '1' && pids.includes(Number(LISTEN_PID)) ? FIRST_SOCKET : undefined

export interface NpmDoor {
  readonly tcp: TcpOptions
  /** Must be called with the port, as soon as it is known. */
  readonly openedAt: (port: number) => void
  /** What the control API tells of it. */
  readonly view?: NpmView
}

/** Most nodes never publish anything: what asks the agent is opened when somebody does. */
const lazyDesk = (open: () => Promise<PublishDesk>): PublishDesk => {
  let desk: Promise<PublishDesk> | undefined
  const opened = (): Promise<PublishDesk> => (desk ??= open())
  return {
    publish: async (upload, signal) => await (await opened()).publish(upload, signal),
    say: async (words, signal) => await (await opened()).say(words, signal),
  }
}

export interface NpmDoorOptions {
  readonly config: Config
  readonly node: Pick<OpenNode, 'depot' | 'marketplace'>
  readonly events: Events
}

/** What is answered over the HTTP port, and what the control API tells of it. `undefined`: nothing is. */
export const openNpmDoor = async ({ config, node: { depot: npm, marketplace }, events }: NpmDoorOptions): Promise<NpmDoor | undefined> => {
  const { controlPort, httpPort, httpPortIsDefault } = config
  const port = controlPort ?? httpPort
  if (port === undefined) return undefined
  const inherited = inheritedSocket(process.env, [process.pid, process.ppid])
  const token = await openControlToken(config.npmTokenPath)
  let url = ''
  const uploads = new Uploads(join(config.dataFolder, 'uploads'))
  const desk = lazyDesk(async () => (await import('./agent-desk.ts')).openAgentDesk(config, { marketplace, uploads }))
  const parts = { clock: systemClock, events, token, desk, userName: userInfo().username }
  const doors = npm === undefined ? [] : [{ answersFor: isForNpm, open: lazyNpmDoor({ ...parts, openDepot: () => npm.open() }) }]
  return {
    tcp: {
      port, doors,
      mayMove: controlPort === undefined && httpPortIsDefault,
      ...(inherited !== undefined && { inherited }),
      ...(controlPort !== undefined && { tokenPath: config.controlTokenPath }),
    },
    openedAt: (opened) => {
      url = `http://127.0.0.1:${opened}${NPM_PREFIX}`
      npm?.addDoor(url)
    },
    ...(npm !== undefined && {
      view: {
        describe: async () => {
          const depot = await npm.open()
          const { bytes } = await marketplace.keeping.usage()
          const scopes = [...depot.sources.scopes()].map(([scope, { id }]) => ({ scope, upstream: id }))
          return { url, upstreams: depot.sources.all().map(({ id }) => id), scopes, cacheBytes: bytes + depot.usage().bytes, token }
        },
        addressesOf: async (packages) => {
          const depot = await npm.open()
          return packages.map(({ name, version }) => depot.addressOf(parseNpmName(name), version) ?? null)
        },
        bring: async ({ name, version, integrity, resolved }, signal) => {
          const { isPrivate: _, ...brought } = await (await npm.open()).bring({
            name: parseNpmName(name), version: parseNpmVersion(version),
            ...(integrity !== undefined && { integrity: parseIntegrity(integrity) }), ...(resolved !== undefined && { resolved }),
          }, signal)
          return brought
        },
        keep: async ({ lockfile, ...wish }) => await (await npm.open()).lockfiles.keep(lockfile, wish),
        copies: async ({ lockfile, waitMs }, signal) => await (await npm.open()).lockfiles.recruit(lockfile, { waitMs, signal }),
        kept: async () => (await npm.open()).lockfiles.all(),
        unkeep: async (lockfile) => (await npm.open()).lockfiles.drop(lockfile),
        probe: async (spec, signal) => (await npm.open()).probe(parseNpmSpec(spec), signal),
        uploads: () => uploads.list(),
        removeUpload: (id) => uploads.remove(id),
        servedIn: async (agoMs) => (await npm.open()).servedSince(systemClock.now() - agoMs),
      },
    }),
  }
}
