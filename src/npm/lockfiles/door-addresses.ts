import { isLoopback, isNpmName, isNpmVersion, type NpmName, type NpmVersion, tarballPath, versionOfFile } from '#npm'
import { webAddress } from './locked-package.ts'
import { LOCKFILE_LIMITS } from './lockfile-limits.ts'
import { isYarnBerryLock } from './yarn-berry-lock.ts'
import { askedName, firstPattern } from './yarn-classic-lock.ts'

/** A package whose archive a lock file takes from a door of this machine. */
export interface DoorPackage {
  readonly name: NpmName
  readonly version: NpmVersion
}

/** The names of the lock files into which clients write the address of whatever registry they were given: those of yarn 1 and of bun. */
export const DOOR_LOCKFILES = ['yarn.lock', 'bun.lock'] as const

/** An address in a text, with which package it is of; `start` and `end` are without quotes and without a fragment. */
interface Place extends DoorPackage {
  readonly start: number
  readonly end: number
}

/** An address where it stands in a text. */
type Written = readonly [start: number, address: string]

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`
/** `"key": ["name@version", "address"` */
const BUN_ENTRY = new RegExp(String.raw`${TEXT}\s*:\s*\[\s*"([^"\\]*)"\s*,\s*"([^"\\]*)"`, 'g')
const CLASSIC_LINE = /^(?:(\S.*:)|  resolved "([^"\\\r\n]*)")(?=\r?$)/gm

/** Only entries that say which package they are: what the project itself asks for by an address stays. */
const inBunLock = (text: string, door: URL): readonly Place[] =>
  [...text.matchAll(BUN_ENTRY)].flatMap(({ index, 0: whole, 1: id = '', 2: address = '' }) => {
    const place = placeOf([index + whole.length - 1 - address.length, address], door)
    return place !== undefined && id === `${place.name}@${place.version}` ? [place] : []
  })

const inClassicLock = (text: string, door: URL): readonly Place[] => {
  let head = ''
  return [...text.matchAll(CLASSIC_LINE)].flatMap(({ index, 0: whole, 1: newHead, 2: address = '' }) => {
    if (newHead !== undefined) head = newHead
    const pattern = newHead === undefined ? firstPattern(head) : undefined
    const place = pattern !== undefined && askedName(pattern) !== undefined ? placeOf([index + whole.length - 1 - address.length, address], door) : undefined
    return place === undefined ? [] : [place]
  })
}

const placeOf = ([start, address]: Written, door: URL): Place | undefined => {
  const [bare = ''] = address.split('#', 1)
  const url = URL.parse(bare)
  if (url === null || bare.length > LOCKFILE_LIMITS.addressChars || url.search !== '' || url.username !== '' || url.password !== '') return undefined
  if (url.protocol !== door.protocol || url.port !== door.port || !isLoopback(url.hostname) || !url.pathname.startsWith(door.pathname)) return undefined
  const [path, file, ...more] = url.pathname.slice(door.pathname.length).split('/-/')
  const name = (path ?? '').replace(/%2f/i, '/')
  const version = isNpmName(name) && file !== undefined && more.length === 0 ? versionOfFile(name, file) : undefined
  if (!isNpmName(name) || version === undefined || !isNpmVersion(version)) return undefined
  return { name, version, start, end: start + bare.length }
}

const placesIn = (fileName: string, text: string, door: string): readonly Place[] => {
  const base = /[^/\\]*$/.exec(fileName)?.[0]
  if (base === 'bun.lock') return inBunLock(text, new URL(door))
  return base === 'yarn.lock' && !isYarnBerryLock(text) ? inClassicLock(text, new URL(door)) : []
}

/** The packages whose archives a lock file of yarn 1 or bun takes from the door at this address of this machine, each once. Other files name none. Pure. */
export const packagesFromDoor = (fileName: string, text: string, door: string): readonly DoorPackage[] =>
  [...new Map(placesIn(fileName, text, door).map(({ name, version }) => [`${name}@${version}`, { name, version }])).values()]

/** A lock file, and the door that it may name. */
export interface DoorLockfile {
  readonly fileName: string
  readonly text: string
  /** Address of the door. */
  readonly door: string
  /** Address of the registry for names without a scope. */
  readonly upstream: string
}

const isPlain = (address: string): boolean => webAddress(address) === address && /^[\x21\x24-\x5b\x5d-\x7e]+$/.test(address)

/** bun writes nothing where an archive lies at its usual place in the usual registry, and then asks the registry that it is configured with. */
const inPlaceOf = ({ fileName, upstream }: DoorLockfile, { name, version }: DoorPackage, address: string): string =>
  (fileName.endsWith('bun.lock') && address === upstream + tarballPath(name, version) ? '' : address)

/**
 * The lock file with the addresses of the registries in the place of the door's, as `addressOf` gives them; where that gives none, or none that a lock file
 * may hold, the door's stays. Nothing else changes. Pure.
 */
export const withoutDoor = (file: DoorLockfile, addressOf: (one: DoorPackage) => string | undefined): string => {
  const { fileName, text, door } = file
  const parts: string[] = []
  let from = 0
  for (const { start, end, name, version } of placesIn(fileName, text, door)) {
    const address = addressOf({ name, version })
    if (address === undefined || !isPlain(address)) continue
    parts.push(text.slice(from, start), inPlaceOf(file, { name, version }, address))
    from = end
  }
  return parts.join('') + text.slice(from)
}
