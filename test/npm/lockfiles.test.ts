import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { type LockfileFormat, parseLockfile } from '#npm/lockfiles'
import { temporaryFolder, writeTree } from '#testing'
import { type ClientName, makeProject, runClient, StubUpstream, takeSeat, whyMissing } from './support/mod.ts'

interface Written {
  readonly client: ClientName
  readonly args: readonly string[]
  readonly file: string
  readonly format: LockfileFormat
  /** Of the package that lies in a folder and of the workspace, those which the file names. */
  readonly leftOutCount: number
  readonly says: readonly ('integrity' | 'resolved' | 'isOptional')[]
}

const npm = (version: number, says: Written['says'] = ['integrity', 'resolved', 'isOptional']): Written =>
  ({ client: 'npm', args: ['install', `--lockfile-version=${version}`], file: 'package-lock.json', format: 'npm', leftOutCount: 2, says })

const WRITTEN: readonly Written[] = [
  npm(1), npm(2), npm(3),
  { client: 'pnpm', args: ['install'], file: 'pnpm-lock.yaml', format: 'pnpm', leftOutCount: 1, says: ['integrity', 'isOptional'] },
  { client: 'yarn1', args: ['install'], file: 'yarn.lock', format: 'yarn-classic', leftOutCount: 1, says: ['integrity', 'resolved'] },
  { client: 'yarn4', args: ['install'], file: 'yarn.lock', format: 'yarn-berry', leftOutCount: 2, says: ['isOptional'] },
  { client: 'bun', args: ['install'], file: 'bun.lock', format: 'bun', leftOutCount: 2, says: ['integrity', 'resolved', 'isOptional'] },
]

for (const { client, args, file, format, leftOutCount, says } of WRITTEN) {
  test(`the lock file of ${[client, ...args].join(' ')} names each package of a project, and nothing else`, { skip: whyMissing(client) }, async () => {
    await using work = await temporaryFolder()
    const project = makeProject(12, { small: true })
    await using upstream = await StubUpstream.start({ packages: project.packages })
    const dependencies = { ...(project.manifest['dependencies'] as object), 'in-a-folder': 'file:./local', 'other-name': 'npm:made-up-3@^1.0.0' }
    const cwd = await writeTree(join(work.path, 'project'), {
      'package.json': JSON.stringify({ ...project.manifest, dependencies, workspaces: ['packages/*'] }),
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
      'local/package.json': JSON.stringify({ name: 'in-a-folder', version: '1.0.0' }),
      'packages/one/package.json': JSON.stringify({ name: 'one-of-the-workspace', version: '1.0.0', dependencies: { 'made-up-5': '>=1 || 0' } }),
    })
    const seat = await takeSeat({ client, home: join(work.path, 'home'), registry: upstream.url })
    const run = await runClient(seat, args, { cwd })
    assert.equal(run.code, 0, `${run.stdout}${run.stderr}`)
    const read = parseLockfile(file, await readFile(join(cwd, file), 'utf8'))
    const expected = await Promise.all(project.packages.map(async ({ name, tags, versions }) => {
      const version = tags.get('latest') ?? assert.fail(name)
      const { integrity } = await (versions.get(version) ?? assert.fail(name)).archive()
      const resolved = `${upstream.url}${name}/-/${name.slice(name.lastIndexOf('/') + 1)}-${version}.tgz`
      const isOptional = name === 'made-up-elsewhere'
      return {
        name, version, ...(says.includes('integrity') && { integrity }), ...(says.includes('resolved') && { resolved }),
        ...(says.includes('isOptional') && isOptional && { isOptional }),
      }
    }))
    const sorted = (packages: readonly { readonly name: string }[]): readonly object[] => packages.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    assert.deepEqual(sorted(read.packages), sorted(expected))
    assert.deepEqual([read.format, read.leftOutCount], [format, leftOutCount])
  })
}
