#!/usr/bin/env node
// The launcher. It must parse and run on Node 20, so that a machine with only an old Node gets help instead of a syntax error.
import { existsSync, readFileSync } from 'node:fs'
import module from 'node:module'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED_MAJOR = 24
const SOURCE_MAIN = new URL('../src/main/bin.ts', import.meta.url)
const BUILT_MAIN = new URL('../lib/program/main.js', import.meta.url)

const isVersionQuestion = (args) => args.length === 1 && (args[0] === '--version' || args[0] === '-V')

const readVersion = () => JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/** Never Node's default in the shared temp folder: compiled code is run, so nobody else may be able to put it there. */
const compileCacheFolder = (isCheckout, environment) => {
  if (isCheckout) return fileURLToPath(new URL('../node_modules/.cache/ggen', import.meta.url))
  const home = environment.LOCALAPPDATA ?? environment.HOME ?? ''
  const caches = environment.XDG_CACHE_HOME || join(home, '.cache')
  return isAbsolute(caches) ? join(caches, 'ggen', 'compiled') : undefined
}

/**
 * Only the start of a process can choose them. A node mostly waits: V8's usual nursery, and letting garbage grow to several times of what is
 * alive, would keep tens of megabytes for nothing, and a hundred while a catalogue comes in. So small a nursery is cleared sooner by one thread
 * than several are woken.
 */
const NODE_FLAGS = ['--max-semi-space-size=4', '--heap-growing-percent=40', '--no-parallel-scavenge']

const startsNode = ([noun, verb]) => noun === 'p2p' && verb === 'start'

const servesRegistry = ([noun, verb]) => noun === 'registry' && verb === 'serve'

/**
 * What the C library of Linux heeds: large pieces go back to the system when they are free (else it soon keeps them, among small ones that are in
 * use), and threads share two heaps instead of having sixteen.
 */
const NODE_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_ARENA_MAX: '2' }

/** A socket that systemd listens on for this process, or for the launcher that started it: Node closes it where a process is replaced. */
const hasSocket = () => process.env.LISTEN_FDS === '1' && [process.pid, process.ppid].includes(Number(process.env.LISTEN_PID))

/** Becomes the same program with the flags for a node, where the platform can replace a process; elsewhere it goes on without them. */
const becomeNode = (args) => {
  if (process.platform === 'win32' || process.execve === undefined || hasSocket() || NODE_FLAGS.every((flag) => process.execArgv.includes(flag))) return
  const command = [process.execPath, ...process.execArgv, ...NODE_FLAGS, fileURLToPath(import.meta.url), ...args]
  process.execve(process.execPath, command, { ...NODE_ENVIRONMENT, ...process.env })
}

const runHere = async () => {
  const isCheckout = existsSync(SOURCE_MAIN)
  const cache = compileCacheFolder(isCheckout, process.env)
  if (cache !== undefined) module.enableCompileCache?.(cache)
  if (isCheckout) {
    module.registerHooks({
      resolve: (specifier, context, next) =>
        specifier.startsWith('#') ? next(specifier, { ...context, conditions: [...context.conditions, 'ggen-source'] }) : next(specifier, context),
    })
  }
  await import(isCheckout ? SOURCE_MAIN.href : BUILT_MAIN.href)
}

if (isVersionQuestion(process.argv.slice(2))) {
  process.stdout.write(`${readVersion()}\n`)
} else if (Number.parseInt(process.versions.node, 10) >= NEEDED_MAJOR) {
  const args = process.argv.slice(2)
  // A node signs nothing: what opens keys of a publisher is not for it.
  if (startsNode(args)) delete process.env.GGEN_PASSPHRASE
  if (startsNode(args) || servesRegistry(args)) becomeNode(args)
  await runHere()
} else {
  const { runWithNewerNode } = await import('./newer-node.mjs')
  runWithNewerNode(NEEDED_MAJOR, fileURLToPath(import.meta.url))
}
