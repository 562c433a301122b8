// First step of "npm test". It must parse on any Node that knows ES modules: no newer syntax here.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NEEDED_MAJOR = 24
const WRONG_SURROUNDINGS = 78
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

const allows = (list, value) => {
  if (list === undefined) return true
  return [].concat(list).some((entry) => (entry[0] === '!' ? entry.slice(1) !== value : entry === value))
}

/** Packages that name a libc are left to the program that loads them: telling the libc of this machine apart is slow. */
const isExpected = (entry) =>
  entry.link !== true && !(entry.optional === true && (entry.libc !== undefined || !allows(entry.os, process.platform) || !allows(entry.cpu, process.arch)))

const faultOf = (path, entry) => {
  const manifest = join(ROOT, path, 'package.json')
  if (!existsSync(manifest)) return path + ' is missing'
  const version = readJson(manifest).version
  return version === entry.version ? undefined : path + ' is ' + version + ' instead of ' + entry.version
}

const neededBy = (entry) => Object.keys(Object.assign({}, entry.dependencies, entry.devDependencies, entry.optionalDependencies, entry.peerDependencies))

/** An optional package may be there for others alone, which are for other machines: then npm leaves it out with them. */
const expectedPaths = (locked) => {
  let paths = Object.keys(locked).filter((path) => isExpected(locked[path]))
  for (let before = paths.length + 1; paths.length < before; ) {
    before = paths.length
    const needed = new Set([].concat(...paths.map((path) => neededBy(locked[path]))))
    paths = paths.filter((path) => locked[path].optional !== true || needed.has(path.split('node_modules/').pop()))
  }
  return paths
}

const moduleFaults = () => {
  const locked = readJson(join(ROOT, 'package-lock.json')).packages
  return expectedPaths(locked)
    .filter((path) => path.startsWith('node_modules/'))
    .map((path) => faultOf(path, locked[path]))
    .filter((fault) => fault !== undefined)
}

const refuse = (problem, hint) => {
  process.stderr.write('error: ' + problem + '\n  hint: ' + hint + '\n')
  process.exitCode = WRONG_SURROUNDINGS
}

const check = () => {
  const faults = moduleFaults()
  const isOld = Number.parseInt(process.versions.node, 10) < NEEDED_MAJOR
  if (isOld && faults.length === 0) {
    const running = 'Node ' + NEEDED_MAJOR + ' or newer is needed, this is ' + process.versions.node + ' (' + process.execPath + ')'
    refuse(running, 'start things with "npm test" or "npm run"; where the workspace tools/runtime has no Node for this machine, install Node ' + NEEDED_MAJOR)
  } else if (faults.length > 0) {
    const more = faults.length > 1 ? ' (and ' + (faults.length - 1) + ' more)' : ''
    refuse('node_modules is not complete: ' + faults[0] + more, 'run "npm ci" without --omit=dev and --omit=optional')
  }
}

check()
