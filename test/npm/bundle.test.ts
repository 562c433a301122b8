import assert from 'node:assert/strict'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { ggen, type RunningNode, startNode, temporaryFolder } from '#testing'
import { type ClientName, makePackage, makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

/** npm would try again for minutes. */
const AT_ONCE = ['--no-audit', '--fetch-retries=0']

const skip = whyMissing('npm') ?? false

const nodeOf = async (home: string, upstream: string): Promise<RunningNode> => {
  await mkdir(home, { mode: 0o700 })
  const npmrc = join(home, 'npmrc')
  await writeFile(npmrc, `registry=${upstream}\n`)
  return await startNode({ home, env: { npm_config_userconfig: npmrc } })
}

interface Scene {
  readonly work: string
  readonly project: string
  readonly upstream: StubUpstream
  readonly bundle: string
  /** A node that has never had a network: its registry is off before it starts. */
  readonly alone: (name: string) => Promise<RunningNode>
  readonly client: (node: RunningNode, client: ClientName, ...args: readonly string[]) => Promise<{ readonly code: number; readonly said: string }>
}

/** A project that was installed through node A, and its bundle; everything that A had is gone afterwards. */
const bundled = async (context: TestContext): Promise<Scene> => {
  const folder = await temporaryFolder()
  context.after(() => folder[Symbol.asyncDispose]())
  const work = folder.path
  const made = makeProject(12, { small: true })
  const upstream = await StubUpstream.start({ packages: made.packages })
  context.after(() => upstream[Symbol.asyncDispose]())
  const project = join(work, 'project')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), JSON.stringify(made.manifest))
  let seats = 0
  const client: Scene['client'] = async (node, name, ...args) => {
    const registry = (await ggen(node.home, 'npm', '--json')).json<{ readonly url: string }>().url
    const seat = await takeSeat({ client: name, home: join(work, `seat-${seats++}`), registry, env: { npm_config_replace_registry_host: 'always' } })
    const { code, stdout, stderr } = await runClient(seat, args, { cwd: project })
    return { code, said: `${stdout}\n${stderr}` }
  }
  const bundle = join(work, 'project.ggen-bundle')
  {
    await using a = await nodeOf(join(work, 'a'), upstream.url)
    const { code, said } = await client(a, 'npm', 'install')
    assert.equal(code, 0, said)
    const lock = join(project, 'package-lock.json')
    const written = await ggen(a.home, 'bundle', lock, '-o', bundle, '--json')
    assert.equal(written.code, 0, written.stdout)
    const { sizeBytes, registries } = written.json<{ readonly sizeBytes: number; readonly registries: readonly { readonly source: string }[] }>()
    assert.equal((await readFile(bundle)).length, sizeBytes)
    assert.deepEqual(registries.map(({ source }) => source), [upstream.url])
    assert.equal((await ggen(a.home, 'bundle', lock, '-o', bundle)).code, 7, 'nothing is overwritten')
  }
  await upstream.goOff()
  await rm(join(project, 'node_modules'), { recursive: true })
  return { work, project, upstream, bundle, client, alone: (name) => nodeOf(join(work, name), upstream.url) }
}

const changed = async (bundle: string, change: (bytes: Buffer) => void): Promise<string> => {
  const bytes = await readFile(bundle)
  change(bytes)
  const path = `${bundle}.changed`
  await writeFile(path, bytes)
  return path
}

/** Where the archives of a bundle begin, and how long they are, in the order of the file. */
const archivesIn = (bytes: Buffer): readonly { readonly at: number; readonly sizeBytes: number }[] => {
  const found: { at: number; sizeBytes: number }[] = []
  for (let at = 0; at + 512 < bytes.length;) {
    const sizeBytes = Number.parseInt(bytes.toString('latin1', at + 124, at + 135), 8)
    if (Number.isNaN(sizeBytes)) break
    if (bytes.toString('latin1', at, at + 9) === 'archives/') found.push({ at, sizeBytes })
    at += 512 + Math.ceil(sizeBytes / 512) * 512
  }
  return found
}

const errorOf = (stdout: string): { readonly code: string; readonly message: string; readonly details?: { readonly packages: readonly string[] } } =>
  (JSON.parse(stdout) as { readonly error: ReturnType<typeof errorOf> }).error

describe('A bundle', { skip }, () => {
  it('lets npm ci pass on a machine that never had a network, and npm install without a lock file, once its keys are taken', async (context) => {
    const scene = await bundled(context)
    await using b = await scene.alone('b')
    const unknown = await ggen(b.home, 'import', scene.bundle, '--json')
    assert.deepEqual([unknown.code, errorOf(unknown.stdout).code], [6, 'keys-unknown'])
    assert.match(errorOf(unknown.stdout).message, /SHA256:/)
    assert.notEqual((await scene.client(b, 'npm', 'ci', ...AT_ONCE)).code, 0, 'nothing was taken')
    const taken = await ggen(b.home, 'import', scene.bundle, '--trust-keys', '--json')
    assert.equal(taken.code, 0, taken.stdout + taken.stderr)
    const ci = await scene.client(b, 'npm', 'ci', ...AT_ONCE)
    assert.equal(ci.code, 0, ci.said)
    const { served } = (await ggen(b.home, 'npm', 'report', '--json')).json<{ readonly served: readonly { readonly from: string }[] }>()
    assert.ok(served.some(({ from }) => from === 'disk'))
    await rm(join(scene.project, 'node_modules'), { recursive: true })
    await rm(join(scene.project, 'package-lock.json'))
    const install = await scene.client(b, 'npm', 'install', ...AT_ONCE, '--omit=optional')
    assert.equal(install.code, 0, install.said)
  })

  it('with one changed byte, or one archive in the place of another, is refused by the name of the package, and nothing of it installs', async (context) => {
    const scene = await bundled(context)
    await using b = await scene.alone('b')
    const refused = async (path: string): Promise<void> => {
      const { code, stdout } = await ggen(b.home, 'import', path, '--trust-keys', '--json')
      const error = errorOf(stdout)
      assert.deepEqual([code, error.code], [5, 'bundle-broken'], stdout)
      assert.ok(error.details !== undefined && error.details.packages.length > 0, stdout)
      for (const name of error.details.packages) assert.ok(error.message.includes(name))
      assert.notEqual((await scene.client(b, 'npm', 'ci', ...AT_ONCE)).code, 0)
    }
    await refused(await changed(scene.bundle, (bytes) => {
      const { at, sizeBytes } = archivesIn(bytes)[3] ?? assert.fail()
      const place = at + 512 + Math.floor(sizeBytes / 2)
      bytes[place] = (bytes[place] ?? 0) ^ 1
    }))
    await refused(await changed(scene.bundle, (bytes) => {
      const all = archivesIn(bytes)
      const [first, second] = all.filter(({ sizeBytes }, at) => all.some((other, place) => place !== at && other.sizeBytes === sizeBytes))
      // Two archives of the same length, each under the name of the other; else one that is cut to the length of the one that it takes the place of.
      const [one, other] = [first ?? all[0] ?? assert.fail(), second ?? all[1] ?? assert.fail()]
      bytes.copy(bytes, one.at + 512, other.at + 512, other.at + 512 + Math.min(one.sizeBytes, other.sizeBytes))
    }))
  })

})

describe('What is in a bundle', () => {
  it('has what came with credentials only where that is said, and never the credentials', async (context) => {
    const folder = await temporaryFolder()
    context.after(() => folder[Symbol.asyncDispose]())
    const hidden = makePackage({ name: '@hidden/thing', manifest: {} })
    await using upstream = await StubUpstream.start({ packages: [hidden], privateScopes: ['@hidden'] })
    const home = await privateFolder(join(folder.path, 'a'))
    const npmrc = join(home, 'npmrc')
    await writeFile(npmrc, `registry=${upstream.url}\n${upstream.url.replace('http:', '')}:_authToken=${upstream.token}\n`)
    await using a = await startNode({ home, env: { npm_config_userconfig: npmrc } })
    const version = [...hidden.versions.values()][0] ?? assert.fail()
    const { integrity } = await version.archive()
    const entry = { version: version.manifest.version, resolved: `${upstream.url}@hidden/thing/-/thing-${version.manifest.version}.tgz`, integrity }
    const lock = join(folder.path, 'package-lock.json')
    await writeFile(lock, JSON.stringify({ name: 'p', lockfileVersion: 3, packages: { '': { name: 'p' }, 'node_modules/@hidden/thing': entry } }))
    const bundle = join(folder.path, 'hidden.ggen-bundle')
    const refused = await ggen(a.home, 'bundle', lock, '-o', bundle, '--json')
    assert.deepEqual([refused.code, errorOf(refused.stdout).code], [2, 'usage'])
    assert.match(errorOf(refused.stdout).message, /private: @hidden\/thing@/)
    const made = await ggen(a.home, 'bundle', lock, '-o', bundle, '--private', '--json')
    assert.equal(made.code, 0, made.stdout)
    const bytes = await readFile(bundle)
    assert.ok(bytes.includes('@hidden/thing'))
    for (const spelled of [upstream.token, Buffer.from(upstream.token).toString('base64')]) assert.ok(!bytes.includes(spelled))
  })

  it('is also releases of the network, which install there from what was signed', async (context) => {
    const folder = await temporaryFolder()
    context.after(() => folder[Symbol.asyncDispose]())
    const at = (...names: readonly string[]): string => join(folder.path, ...names)
    for (const name of ['pack', 'p']) await mkdir(at(name))
    await writeFile(at('pack', 'pack.toml'), '[pack]\nname = "io.ggen.tool"\nversion = "1.2.0"\ndescription = "a tool"\n')
    const bundle = at('tool.ggen-bundle')
    {
      await using a = await startNode({ home: await privateFolder(at('a')) })
      assert.equal((await ggen(a.home, 'publish', at('pack'), '--no-passphrase')).code, 0)
      const installed = await ggen(a.home, 'install', 'io.ggen.tool', '--dir', at('p'))
      assert.equal(installed.code, 0, installed.stderr)
      const made = await ggen(a.home, 'bundle', at('p', 'ggen.lock'), '-o', bundle, '--json')
      assert.equal(made.code, 0, made.stdout)
    }
    await rm(at('p', 'ggen_packages'), { recursive: true })
    await using b = await startNode({ home: await privateFolder(at('b')) })
    const taken = await ggen(b.home, 'import', bundle, '--json')
    assert.equal(taken.code, 0, taken.stdout)
    assert.deepEqual(taken.json<{ readonly releases: readonly { readonly name: string }[] }>().releases.map(({ name }) => name), ['io.ggen.tool'])
    const frozen = await ggen(b.home, 'install', '--frozen', '--dir', at('p'))
    assert.equal(frozen.code, 0, frozen.stderr)
    assert.match(await readFile(at('p', 'ggen_packages', 'io.ggen.tool', 'pack.toml'), 'utf8'), /1\.2\.0/)
  })
})

const privateFolder = async (path: string): Promise<string> => {
  await mkdir(path, { mode: 0o700 })
  return path
}
