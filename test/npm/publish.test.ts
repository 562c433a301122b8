import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it, type TestContext } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { ggen, type Machine, type RunningNode, startNode, temporaryFolder, until, writeTree } from '#testing'
import { type ClientName, type ClientRun, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

const PASSPHRASE = 'correct horse battery staple'
const ROUTES = '[npm.route]\n"@acme/*" = "network"\n\n[trust]\nfirst_use = "accept"\ncool_down = "0s"\n'

let made: Awaited<ReturnType<typeof temporaryFolder>>

/** Sealing keys takes seconds, on purpose: every author has a copy of the same ones. */
before(async () => {
  made = await temporaryFolder()
  assert.equal((await ggen({ home: join(made.path, 'home'), env: { GGEN_PASSPHRASE: PASSPHRASE } }, 'id', 'create')).code, 0)
})

after(() => made[Symbol.asyncDispose]())

interface Team {
  readonly work: string
  readonly upstream: StubUpstream
  readonly author: Machine
  readonly a: RunningNode
  readonly b: RunningNode
}

/** A publisher's machine and another one, behind the same upstream. */
const openTeam = async (context: TestContext, { isUnlocked }: { readonly isUnlocked: boolean }): Promise<Team> => {
  const temporary = await temporaryFolder()
  const upstream = await StubUpstream.start({ packages: [] })
  const stack = new AsyncDisposableStack()
  stack.use(temporary)
  stack.use(upstream)
  context.after(() => stack.disposeAsync())
  const env = { GGEN_PASSPHRASE: PASSPHRASE, npm_config_userconfig: join(temporary.path, 'npmrc') }
  await writeFile(join(temporary.path, 'npmrc'), `registry=${upstream.url}\n`)
  const open = async (name: string, more: { readonly bootstrap?: readonly string[] } = {}): Promise<RunningNode> => {
    const home = join(temporary.path, name)
    if (name === 'a') await cp(join(made.path, 'home'), home, { recursive: true })
    else await mkdir(home, { mode: 0o700 })
    await writeFile(join(home, 'config.toml'), ROUTES)
    return stack.use(await startNode({ home, env, ...more }))
  }
  const a = await open('a')
  const author = { home: a.home, env }
  if (isUnlocked) {
    assert.equal((await ggen(author, 'id', 'unlock')).code, 0)
    stack.defer(async () => void (await ggen(author, 'id', 'lock')))
  }
  const b = await open('b', { bootstrap: a.addresses })
  await until('A and B see each other', () => a.events.some(({ type, peer }) => type === 'peer-connected' && peer === b.peerId))
  return { work: temporary.path, upstream, author, a, b }
}

const doorOf = async (node: RunningNode): Promise<{ readonly url: string; readonly token: string }> => {
  const { url } = (await ggen(node.home, 'npm', '--json')).json<{ readonly url: string }>()
  return { url, token: (await ggen(node.home, 'npm', 'token', '--json')).json<{ readonly token: string }>().token }
}

/** Runs a client on the machine of a node, in a folder. */
const runner = async ({ work }: Team, node: RunningNode, client: ClientName) => {
  const { url, token } = await doorOf(node)
  const home = join(work, `seat-${client}-${node.peerId}`)
  const seat = await takeSeat({ client, home, registry: url, token, env: { npm_config_replace_registry_host: 'always' } })
  return (cwd: string, ...args: readonly string[]): Promise<ClientRun> => runClient(seat, args, { cwd })
}

interface Document {
  readonly 'dist-tags': Readonly<Record<string, string>>
  readonly versions: Readonly<Record<string, { readonly deprecated?: string }>>
}

const done = (run: ClientRun): ClientRun => {
  assert.equal(run.code, 0, `${run.stdout}\n${run.stderr}`)
  return run
}

const packageFolder = async (folder: string, manifest: Readonly<Record<string, unknown>>): Promise<string> =>
  await writeTree(folder, {
    'package.json': JSON.stringify({ license: 'MIT', main: 'index.js', ...manifest }),
    'index.js': 'module.exports = 42\n', 'cli.js': '#!/usr/bin/env node\n',
  })

const untilKnown = async (node: RunningNode, what: string): Promise<void> =>
  void (await until(`${what} is known`, async () => (await ggen(node.home, 'info', what, '--json')).code === 0))

describe('publishing to the network with npm', () => {
  it('publishes, and another machine installs it', { skip: whyMissing('npm') ?? false }, async (context) => {
    const team = await openTeam(context, { isUnlocked: true })
    const name = '@acme/thing'
    const folder = await packageFolder(join(team.work, 'published'), { name, version: '1.0.0', description: 'by a client', bin: './cli.js' })
    const publisher = await runner(team, team.a, 'npm')
    done(await publisher(folder, 'publish'))
    await untilKnown(team.b, name)
    const project = await writeTree(join(team.work, 'project'), { 'package.json': '{"name":"project","version":"1.0.0"}' })
    const npm = await runner(team, team.b, 'npm')
    done(await npm(project, 'install', name))
    assert.ok(existsSync(join(project, 'node_modules', '@acme', 'thing', 'index.js')))
    assert.ok(existsSync(join(project, 'node_modules', '.bin', 'thing')))
    const again = await publisher(folder, 'publish')
    assert.notEqual(again.code, 0, 'a version is published once')
    assert.deepEqual(team.upstream.asked(/acme/).map(({ path }) => path), [], 'the upstream never hears of it')
  })

  it('deprecates, tags and takes back, for everybody', { skip: whyMissing('npm') ?? false }, async (context) => {
    const team = await openTeam(context, { isUnlocked: true })
    const name = '@acme/thing'
    const [npm, other] = [await runner(team, team.a, 'npm'), await runner(team, team.b, 'npm')]
    const [here, there] = [await doorOf(team.a), await doorOf(team.b)]
    const documentAt = async ({ url }: typeof here): Promise<Document> => (await (await fetch(`${url}${name}`)).json()) as Document
    const untilThere = (what: string, isSo: (document: Document) => boolean): Promise<unknown> =>
      until(`the other machine knows ${what}`, async () => isSo(await documentAt(there)))
    for (const [version, ...more] of [['1.0.0'], ['1.1.0'], ['2.0.0', '--tag', 'beta']]) {
      done(await npm(await packageFolder(join(team.work, `v${version}`), { name, version }), 'publish', ...more))
    }
    assert.deepEqual((await documentAt(here))['dist-tags'], { latest: '1.1.0', beta: '2.0.0' })
    done(await npm(team.work, 'dist-tag', 'add', `${name}@1.0.0`, 'latest'))
    done(await npm(team.work, 'dist-tag', 'add', `${name}@1.1.0`, 'next'))
    done(await npm(team.work, 'dist-tag', 'rm', name, 'beta'))
    done(await npm(team.work, 'deprecate', `${name}@1.0.0`, 'too old'))
    await untilThere('the tags', ({ 'dist-tags': tags }) => isDeepStrictEqual(tags, { latest: '1.0.0', next: '1.1.0' }))
    await untilThere('what is deprecated', ({ versions }) => versions['1.0.0']?.deprecated === 'too old')
    done(await npm(team.work, 'deprecate', `${name}@1.0.0`, ''))
    assert.equal((await documentAt(here)).versions['1.0.0']?.deprecated, undefined)
    done(await npm(team.work, 'unpublish', `${name}@1.1.0`))
    await untilThere('that a version is gone', ({ versions }) => isDeepStrictEqual(Object.keys(versions), ['1.0.0', '2.0.0']))
    const search = done(await other(team.work, 'search', '--json', 'thing')).stdout
    assert.match(search, /"@acme\/thing"/)
    done(await npm(team.work, 'unpublish', name, '--force'))
    await until('all of it is gone', async () => (await fetch(`${there.url}${name}`)).status === 404)
    const owner = await npm(team.work, 'owner', 'add', 'mallory', name)
    assert.notEqual(owner.code, 0)
  })

  it('keeps what no key is unlocked for until its publisher approves it', { skip: whyMissing('npm') ?? false }, async (context) => {
    const team = await openTeam(context, { isUnlocked: false })
    const name = '@acme/thing'
    const npm = await runner(team, team.a, 'npm')
    const folder = await packageFolder(join(team.work, 'published'), { name, version: '1.0.0' })
    const { stderr } = done(await npm(folder, 'publish'))
    assert.match(stderr, /ggen approve @acme\/thing@1\.0\.0/)
    assert.notEqual((await ggen(team.a.home, 'info', name)).code, 0, 'nobody can choose it yet')
    const waiting = (await ggen(team.author, 'approve', '--json')).json<{ readonly uploads: readonly { readonly name: string }[] }>()
    assert.deepEqual(waiting.uploads.map((one) => one.name), [name])
    const tagged = await npm(folder, 'publish', '--tag', 'beta')
    assert.match(tagged.stderr, /ggen id unlock/)
    const approved = await ggen(team.author, 'approve', `${name}@1.0.0`, '--yes', '--json')
    assert.equal(approved.code, 0, approved.stderr)
    await untilKnown(team.b, name)
    assert.deepEqual((await ggen(team.author, 'approve', '--json')).json<{ readonly uploads: readonly unknown[] }>().uploads, [])
    const deprecated = await npm(team.work, 'deprecate', `${name}@1.0.0`, 'old')
    assert.notEqual(deprecated.code, 0)
    assert.match(deprecated.stderr, /ggen id unlock/)
  })
})
