import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { type Clock, type Events, GgenError, NPM_LIMITS, toGgenError } from '#core'
import type { Depot, Source } from '#depot'
import { assertOwnUser, isSameSecret, type Works } from '#doors/http'
import { forward } from './forward.ts'
import { putPackage, putTag, sendTags, withdraw } from './change-package.ts'
import type { PublishDesk } from './publish-desk.ts'
import { readRoute, type Route } from './read-route.ts'
import { refusalOf } from './refusal-of.ts'
import { sendDocument, sendManifest } from './send-document.ts'
import { sendKeys, sendSearch } from './send-own.ts'
import { type Conversation, readJson, sendError, sendJson } from './send.ts'
import { sendTarball } from './send-tarball.ts'
import { assertToken } from './session.ts'

export interface NpmDoorParts {
  readonly depot: Depot
  readonly clock: Clock
  readonly events: Events
  readonly works: Works
  /** What whoever changes something must show. */
  readonly token: string
  /** How the user of this node is called. */
  readonly userName: string
  /** Where what is published to the network is signed. */
  readonly desk: PublishDesk
}

/** Below this path of the HTTP port. */
export const NPM_PREFIX = '/npm/'

/** npm puts the address of the door in the place of that of a registry, and leaves the path of an archive as it was there: without the one of the door. */
const ARCHIVE = /^\/(?:[^?]+\/)?-\/[^/?]+\.tgz(?:$|\?)/

/** Whether a path is meant for this door. */
export const isForNpm = (path: string): boolean => path.startsWith(NPM_PREFIX) || ARCHIVE.test(path)

/** The registry API for npm, pnpm, yarn and bun, below `/npm/`. */
export const npmDoor = (parts: NpmDoorParts): RequestListener => {
  const door = new NpmDoor(parts)
  return (request, response) => void door.answer(request, response)
}

const TAGGING = new Set(['PUT', 'POST', 'DELETE'])
const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD'

class NpmDoor {
  readonly #parts: NpmDoorParts

  constructor(parts: NpmDoorParts) {
    this.#parts = parts
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const port = request.socket.localPort ?? 0
    try {
      const refusal = refusalOf(request, port)
      if (refusal !== undefined) throw refusal
      const [path = '', query = ''] = below(request.url ?? '').split('?', 2)
      const route = readRoute(path)
      const asked = { route, query, base: `http://127.0.0.1:${port}${NPM_PREFIX}` }
      await this.#parts.works.run(response, (signal) => this.#route({ request, response, signal }, asked))
    } catch (error) {
      this.#report(request, error)
      sendError(response, error)
    }
  }

  async #route(conversation: Conversation, { route, query, base }: Asked): Promise<void> {
    const { request, response, signal } = conversation
    const { depot, clock } = this.#parts
    if (this.#sourceFor(route)?.isPrivate === true) await assertOwnUser(request.socket)
    switch (route.to) {
      case 'document':
        if (isRead(request)) return await sendDocument(conversation, { depot, name: route.name, base })
        return await this.#change(conversation, { route, query, base })
      case 'manifest':
        if (isRead(request)) return await sendManifest(response, { depot, name: route.name, base, version: route.version }, signal)
        return this.#refuseChange(request)
      case 'tarball':
        if (isRead(request)) return await sendTarball(conversation, { depot, clock, wish: route })
        return this.#refuseChange(request)
      case 'tags':
        if (!isRead(request)) return await this.#change(conversation, { route, query, base })
        if (depot.isOfNetwork(route.name)) return await sendTags(conversation, { depot, name: route.name, base })
        return await forward(conversation, { source: depot.sourceOf(route.name), path: `-/package/${route.name.replace('/', '%2f')}/dist-tags` })
      case 'revision':
        return await this.#change(conversation, { route, query, base })
      case 'upstream':
        return await this.#passOn(conversation, route.path)
      case 'search':
        return await sendSearch(conversation, depot, query)
      case 'keys':
        return await sendKeys(conversation, depot)
      default:
        return await this.#small(request, response, route)
    }
  }

  /** What belongs to the network is changed here, by whoever shows the token; everything else where it belongs. */
  async #change(conversation: Conversation, { route, base }: Asked): Promise<void> {
    const { request } = conversation
    const { depot, desk, token } = this.#parts
    assertToken(request, token)
    if (!('name' in route) || !depot.isOfNetwork(route.name)) return this.#refuseChange(request)
    const parts = { depot, desk, name: route.name, base }
    if (route.to === 'document' && request.method === 'PUT') return await putPackage(conversation, parts)
    if (route.to === 'tags' && route.tag !== undefined && TAGGING.has(request.method ?? '')) return await putTag(conversation, parts, route.tag)
    if (route.to === 'revision' && (request.method === 'PUT' || request.method === 'DELETE')) return await withdraw(conversation, parts, route)
    return this.#refuseChange(request)
  }

  /** The registry that is asked with the credentials of the user, if any is. */
  #sourceFor(route: Route): Source | undefined {
    const { depot } = this.#parts
    if ('name' in route) return depot.isOfNetwork(route.name) ? undefined : depot.sourceOf(route.name)
    return ['upstream', 'search', 'keys'].includes(route.to) ? depot.sources.usual() : undefined
  }

  /** What makes an install no better than it is must not keep it from ending. */
  async #passOn(conversation: Conversation, path: string): Promise<void> {
    const { request, response, signal } = conversation
    try {
      await forward(conversation, { source: this.#parts.depot.sources.usual(), path })
    } catch (error) {
      if (signal.aborted || response.headersSent || !(error instanceof GgenError) || !error.kind.retryable) throw error
      this.#report(request, error)
      if (path.includes('/attestations/')) sendJson(response, { error: error.message }, { status: 404 })
      else sendJson(response, path.includes('/audits') ? NOTHING_KNOWN : {})
    }
  }

  /** What this node answers without asking anybody. */
  async #small(request: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
    const { token, userName } = this.#parts
    switch (route.to) {
      case 'root':
        return sendJson(response, { db_name: 'ggen' })
      case 'ping':
        return sendJson(response, {})
      case 'whoami':
        assertToken(request, token)
        return sendJson(response, { username: userName })
      case 'profile':
        assertToken(request, token)
        return sendJson(response, { name: userName, tfa: null })
      case 'user':
        return await this.#user(request, response, route.user)
      case 'token':
        assertToken(request, token)
        return sendJson(response, { ok: true })
      default:
        return sendJson(response, { error: 'there is no such thing here' }, { status: 404 })
    }
  }

  /** Logging in as npm did before it had pages: the password is the token of this node. */
  async #user(request: IncomingMessage, response: ServerResponse, user: string): Promise<void> {
    const { token } = this.#parts
    if (isRead(request)) return sendJson(response, { _id: `org.couchdb.user:${user}`, name: user, email: '' })
    const { password } = Object(await readJson(request, NPM_LIMITS.bodyBytes)) as { readonly password?: unknown }
    if (typeof password !== 'string' || !isSameSecret(password, token)) {
      throw new GgenError('token-missing', 'the password is the token of this node', { hint: 'print it with: ggen npm token' })
    }
    sendJson(response, { ok: true, id: `org.couchdb.user:${user}`, token }, { status: 201 })
  }

  #refuseChange(request: IncomingMessage): never {
    assertToken(request, this.#parts.token)
    throw new GgenError('denied', 'this name belongs to the upstream registry, and this node changes nothing there', {
      hint: 'change it there with --registry ADDRESS; or give the name to the network: [npm.route] in config.toml',
    })
  }

  #report(request: IncomingMessage, error: unknown): void {
    const { code, message } = toGgenError(error)
    if (code === 'cancelled') return
    this.#parts.events.emit({ type: 'task-failed', task: `${request.method} ${NPM_PREFIX}`, code, message })
  }
}

/** What an audit of before says where no weakness is known. */
const NOTHING_KNOWN = {
  actions: [], advisories: {}, muted: [],
  metadata: {
    vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0 },
    dependencies: 0, devDependencies: 0, optionalDependencies: 0, totalDependencies: 0,
  },
}

const below = (url: string): string => (url.startsWith(NPM_PREFIX) ? url.slice(NPM_PREFIX.length) : url.slice(1))

interface Asked {
  readonly route: Route
  readonly query: string
  readonly base: string
}
