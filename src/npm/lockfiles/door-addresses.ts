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

/** An address in a text, with which package it is of and below which of the bases it lies; `start` and `end` are without quotes and without a fragment. */
interface Place extends DoorPackage {
  readonly start: number
  readonly end: number
  readonly base: URL
}

/** An address where it stands in a text. */
type Written = readonly [start: number, address: string]

const TEXT = String.raw`"(?:[^"\\]|\\.)*"`
/** `"key": ["name@version", "address"` */
const BUN_ENTRY = new RegExp(String.raw`${TEXT}\s*:\s*\[\s*"([^"\\]*)"\s*,\s*"([^"\\]*)"`, 'g')
const CLASSIC_LINE = /^(?:(\S.*:)|  resolved "([^"\\\r\n]*)")(?=\r?$)/gm

/** Only entries that say which package they are: what the project itself asks for by an address stays. */
const inBunLock = (text: string, bases: readonly URL[]): readonly Place[] =>
  [...text.matchAll(BUN_ENTRY)].flatMap(({ index, 0: whole, 1: id = '', 2: address = '' }) => {
    const place = placeOf([index + whole.length - 1 - address.length, address], bases)
    return place !== undefined && id === idOf(place) ? [place] : []
  })

const inClassicLock = (text: string, bases: readonly URL[]): readonly Place[] => {
  let head = ''
  return [...text.matchAll(CLASSIC_LINE)].flatMap(({ index, 0: whole, 1: newHead, 2: address = '' }) => {
    if (newHead !== undefined) head = newHead
    const pattern = newHead === undefined ? firstPattern(head) : undefined
    const isNamed = pattern !== undefined && askedName(pattern) !== undefined
    const place = isNamed ? placeOf([index + whole.length - 1 - address.length, address], bases) : undefined
    return place === undefined ? [] : [place]
  })
}

/** Every name of this machine is as good as another. */
const isBelow = (url: URL, { protocol, port, hostname, pathname }: URL): boolean => {
  const isSameHost = url.hostname === hostname || (isLoopback(url.hostname) && isLoopback(hostname))
  return url.protocol === protocol && url.port === port && isSameHost && url.pathname.startsWith(pathname)
}

/** The address of an archive at its usual place in the first of the registries that it can be in. */
const placeOf = ([start, address]: Written, bases: readonly URL[]): Place | undefined => {
  const [bare = ''] = address.split('#', 1)
  const url = URL.parse(bare)
  if (url === null || bare.length > LOCKFILE_LIMITS.addressChars || url.search !== '' || url.username !== '' || url.password !== '') return undefined
  const base = bases.find((one) => isBelow(url, one))
  if (base === undefined) return undefined
  const [path, file, ...more] = url.pathname.slice(base.pathname.length).split('/-/')
  const name = (path ?? '').replace(/%2f/i, '/')
  const version = isNpmName(name) && file !== undefined && more.length === 0 ? versionOfFile(name, file) : undefined
  if (!isNpmName(name) || version === undefined || !isNpmVersion(version)) return undefined
  return { name, version, base, start, end: start + bare.length }
}

const placesIn = (fileName: string, text: string, bases: readonly string[]): readonly Place[] => {
  const base = /[^/\\]*$/.exec(fileName)?.[0]
  const urls = bases.map((address) => new URL(address))
  if (base === 'bun.lock') return inBunLock(text, urls)
  return base === 'yarn.lock' && !isYarnBerryLock(text) ? inClassicLock(text, urls) : []
}

const idOf = ({ name, version }: DoorPackage): string => `${name}@${version}`

/** The packages whose archives a lock file of yarn 1 or bun takes from the door at this address of this machine, each once. Other files name none. Pure. */
export const packagesFromDoor = (fileName: string, text: string, door: string): readonly DoorPackage[] =>
  [...new Map(placesIn(fileName, text, [door]).map((place) => [idOf(place), { name: place.name, version: place.version }])).values()]

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

/** The text with something else in some places, in the order of the text; `undefined`: what stands there stays. */
const replaced = (text: string, places: readonly Place[], by: (place: Place) => string | undefined): string => {
  const parts: string[] = []
  let from = 0
  for (const place of places) {
    const other = by(place)
    if (other === undefined) continue
    parts.push(text.slice(from, place.start), other)
    from = place.end
  }
  return parts.join('') + text.slice(from)
}

/**
 * The lock file with the addresses of the registries in the place of the door's, as `addressOf` gives them; where that gives none, or none that a lock file
 * may hold, the door's stays. Nothing else changes. Pure.
 */
export const withoutDoor = (file: DoorLockfile, addressOf: (one: DoorPackage) => string | undefined): string =>
  replaced(file.text, placesIn(file.fileName, file.text, [file.door]), (place) => {
    const address = addressOf(place)
    return address !== undefined && isPlain(address) ? inPlaceOf(file, place, address) : undefined
  })

/** A lock file whose archives come through the door, and how to make it what it was. */
export interface ThroughDoor {
  readonly text: string
  /** What stood in the place of the door's address, by `name@version`. */
  readonly addresses: ReadonlyMap<string, string>
}

/** A lock file, and which registries the door asks for a name. */
export interface RegistryLockfile extends Omit<DoorLockfile, 'upstream'> {
  readonly registriesOf: (name: NpmName) => readonly string[]
}

/**
 * The lock file with the address of the door wherever an archive lies at its usual place in a registry that the door asks for its name. One that has two
 * addresses keeps the second, and nothing else changes. Pure.
 */
export const throughDoor = ({ fileName, text, door, registriesOf }: RegistryLockfile, registries: readonly string[]): ThroughDoor => {
  const addresses = new Map<string, string>()
  const places = placesIn(fileName, text, registries).filter((place) => {
    const [id, address] = [idOf(place), text.slice(place.start, place.end)]
    if (!registriesOf(place.name).includes(place.base.href) || !isPlain(address)) return false
    if (!addresses.has(id)) addresses.set(id, address)
    return addresses.get(id) === address
  })
  return { text: replaced(text, places, ({ name, version }) => door + tarballPath(name, version)), addresses }
}

/** The lock file with each address that `throughDoor` replaced where it was. Pure. */
export const backFromDoor = ({ fileName, text, door }: Omit<DoorLockfile, 'upstream'>, { addresses }: Pick<ThroughDoor, 'addresses'>): string =>
  replaced(text, placesIn(fileName, text, [door]), (place) => addresses.get(idOf(place)))
