import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { getCompileCacheDir } from 'node:module'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'

/** Prints every package and every part of the program that a command loads, and whether Node loaded its own WebSocket client. */
const SCRIPT = `
  import { registerHooks } from 'node:module'
  const seen = new Set()
  const files = new Set()
  registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context)
      const inside = /[/]node_modules[/]((?:@[^/]+[/])?[^/]+)[/]/.exec(found.url) ?? /[/]src[/](.*)[/][^/]+$/.exec(found.url)
      if (inside !== null) seen.add(inside[1])
      files.add(found.url.split('/').at(-1))
      return found
    },
  })
  const { runCli } = await import('#doors/cli')
  const silent = { write: () => undefined, isTTY: false }
  const project = { read: async () => ({ lock: [], isLocked: false, inPlace: new Map(), pathOf: (name) => name }) }
  const { readEnvironment } = await import('#config')
  const talk = { stdout: silent, stderr: silent, environment: readEnvironment, interrupted: new AbortController().signal }
  const world = { version: '1', ...talk, openProject: async () => project }
  await runCli(JSON.parse(process.argv.at(-1)), world)
  console.log(JSON.stringify({ loaded: [...seen].sort(), files: [...files], heavy: process.moduleLoadList.filter((name) => /undici|sqlite/.test(name)) }))
`

interface Loaded {
  readonly loaded: readonly string[]
  readonly files: readonly string[]
  readonly heavy: readonly string[]
}

const loadedBy = async (...args: readonly string[]): Promise<Loaded> => {
  const options = ['--conditions=ggen-source', '--input-type=module', '-e', SCRIPT, '--', JSON.stringify(args)]
  const env = { ...process.env, GGEN_HOME: '/nonexistent', NODE_OPTIONS: '', NODE_COMPILE_CACHE: getCompileCacheDir() }
  const { stdout } = await promisify(execFile)(process.execPath, options, { env })
  return JSON.parse(stdout) as Loaded
}

describe('starting up', () => {
  it('loads nothing but the parser of arguments, the words, the configuration and the control client', async () => {
    const lines = [
      '--version', '--help', 'serch', 'p2p status', 'p2p peers --json', 'p2p limit --up 1MB',
      'search x', 'watch x', 'info x', 'publish .', 'p2p stop',
    ]
    for (const line of lines) {
      const { loaded, heavy } = await loadedBy(...line.split(' '))
      const wanted = ['commander', 'config', 'core', 'doors/cli', 'doors/cli/commands', 'doors/control', 'doors/socket']
      const others = loaded.filter((name) => !wanted.includes(name))
      assert.deepEqual({ others, heavy }, { others: [], heavy: [] }, line)
    }
  })

  it('loads besides only what reads a lock, where a project is changed', async () => {
    const { loaded, heavy } = await loadedBy('install', 'x')
    assert(loaded.includes('flow/install'))
    assert.deepEqual(heavy, [])
    assert.deepEqual(loaded.filter((name) => /libp2p|zod|fastify|trust|store|network/.test(name)), [])
  })

  it('leaves the progress line to those who watch one', async () => {
    for (const line of ['--version', 'p2p status', 'install x']) {
      const { files } = await loadedBy(...line.split(' '))
      assert.ok(files.includes('run-cli.ts'))
      assert.deepEqual(files.filter((file) => /watch-fetch|live-line|progress-text|read-fetch/.test(file)), [], line)
    }
  })
})
