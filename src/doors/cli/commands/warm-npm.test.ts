import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GgenError, isGgenError } from '#core'
import type { NpmBringQuestion } from '#doors/control'
import { runIn, SceneProject, type Trial } from './project-scene.conformance.ts'
import { warmNpm } from './warm-npm.ts'

const lockOf = (packages: Readonly<Record<string, object>>): string => {
  const entries = Object.entries(packages).map(([name, more]) => [`node_modules/${name}`, more] as const)
  return JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...Object.fromEntries(entries) } })
}

const FILES: Readonly<Record<string, string>> = {
  '/project/package-lock.json': lockOf({ a: { version: '1.0.0', resolved: 'https://r.example/a.tgz' }, b: { version: '1.0.0', optional: true } }),
  '/project/web/package-lock.json': lockOf({ b: { version: '1.0.0' }, c: { version: '2.0.0', optional: true } }),
  '/project/broken/package-lock.json': '{',
}

const scene = (absent: Readonly<Record<string, GgenError>> = {}): { trial: Trial; asked: NpmBringQuestion[]; most: () => number } => {
  const asked: NpmBringQuestion[] = []
  let [running, most] = [0, 0]
  const npmBring = async (question: NpmBringQuestion) => {
    asked.push(question)
    most = Math.max(most, (running += 1))
    await Promise.resolve()
    running -= 1
    const error = absent[question.name]
    if (error !== undefined) throw error
    return { sha512: 's', digest: 'd', sizeBytes: 10, from: 'peer', givers: [{ peer: `p-${question.name}`, bytes: 10 }] } as const
  }
  const readFile = async (path: string): Promise<Uint8Array> => {
    const text = FILES[path]
    if (text === undefined) throw new GgenError('path-not-found', path)
    return Buffer.from(text)
  }
  return { trial: { client: { npmBring }, world: { readFile } }, asked, most: () => most }
}

const run = async (paths: readonly string[], trial: Trial) => {
  const { outcome } = await runIn(new SceneProject([]), warmNpm(paths), trial)
  return outcome.kind === 'npm-warmed' ? outcome : assert.fail(outcome.kind)
}

describe('ggen npm warm', () => {
  it('brings what all lock files need, each once', async () => {
    const { trial, asked } = scene()
    const { value, failure } = await run(['package-lock.json', '/project/web/package-lock.json'], trial)
    assert.deepEqual(asked.toSorted((x, y) => (x.name < y.name ? -1 : 1)), [
      { name: 'a', version: '1.0.0', resolved: 'https://r.example/a.tgz' }, { name: 'b', version: '1.0.0' }, { name: 'c', version: '2.0.0' },
    ])
    assert.deepEqual([value.archives, value.from, value.missing, failure], [
      3, [{ from: 'peer', archives: 3, bytes: 30, peers: ['p-a', 'p-b', 'p-c'] }], [], undefined,
    ])
  })

  it('names everything that is missing, and fails for what cannot be done without', async () => {
    const gone = (name: string): GgenError => new GgenError('registry-unreachable', `${name} is gone`)
    const files = ['package-lock.json', 'web/package-lock.json']
    const optional = await run(files, scene({ c: gone('c') }).trial)
    assert.deepEqual([optional.value.missing.map(({ name, isOptional }) => [name, isOptional]), optional.failure], [[['c', true]], undefined])
    const { value, failure } = await run(files, scene({ b: gone('b'), a: gone('a') }).trial)
    assert.deepEqual(value.missing.map(({ name, message }) => [name, message]), [['a', 'a is gone'], ['b', 'b is gone']])
    assert.ok(isGgenError(failure, 'no-holder'))
    assert.deepEqual(failure.details, { packages: ['a@1.0.0', 'b@1.0.0'] })
  })

  it('stops at what would stop all of them, and reads every file before it brings anything', async () => {
    await assert.rejects(run(['package-lock.json'], scene({ a: new GgenError('daemon-not-running', 'no node') }).trial), (error) =>
      isGgenError(error, 'daemon-not-running'))
    const { trial, asked } = scene()
    for (const [path, code] of [['broken/package-lock.json', 'lock-invalid'], ['nowhere/yarn.lock', 'path-not-found'], ['x.json', 'path-not-found']] as const) {
      await assert.rejects(run(['package-lock.json', path], trial), (error) => isGgenError(error, code), path)
    }
    assert.deepEqual(asked, [])
  })

  it('brings eight at a time', async () => {
    const names = Array.from({ length: 40 }, (_, at) => `p${at}`)
    const { trial, most } = scene()
    const readFile = async (): Promise<Uint8Array> => Buffer.from(lockOf(Object.fromEntries(names.map((name) => [name, { version: '1.0.0' }]))))
    await run(['package-lock.json'], { ...trial, world: { readFile } })
    assert.equal(most(), 8)
  })
})
