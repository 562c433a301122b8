/** What each code means to a caller: how the process ends, what HTTP says, whether trying again can help, and what to do next. */
export interface ErrorKind {
  readonly exitCode: ExitCode
  readonly httpStatus: number
  /** true: the same call may succeed later or elsewhere, so a caller may fall back to another source. */
  readonly retryable: boolean
  readonly hint: string
}

/** The exit codes of every `ggen` command. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 130

const kind = ([exitCode, httpStatus, retryable]: readonly [ExitCode, number, boolean], hint: string): ErrorKind =>
  Object.freeze({ exitCode, httpStatus, retryable, hint })

/** The closed catalogue of everything that can go wrong for a user or a peer; docs/reference/errors.md lists the same rows. */
export const ERRORS = Object.freeze({
  usage: kind([2, 400, false], 'run the command with --help to see an example'),
  'name-invalid': kind([2, 400, false], 'names look like my-tool, io.ggen.rust.cli, @scope/name or ns/name: lower case, digits, hyphens, at most 128 long'),
  'version-invalid': kind([2, 400, false], 'versions are SemVer 2.0: 1.2.3, 1.2.3-rc.1, 1.2.3+build'),
  'range-invalid': kind([2, 400, false], 'ranges look like ^1.2.0, ~1.2, >=1 <3 or an exact version'),
  'digest-invalid': kind([2, 400, false], 'digests look like sha256:<64 hexadecimal digits>'),
  'address-invalid': kind([2, 400, false], 'addresses look like /ip4/192.0.2.1/tcp/4001 or /dns4/host/tcp/4001/p2p/<peer id>'),
  'config-invalid': kind([2, 400, false], 'check the flag, the environment variable or config.toml that is named'),
  'ticket-invalid': kind([2, 400, false], 'copy the whole ticket again, as ggen invite printed it'),
  'query-invalid': kind([2, 400, false], 'give words to look for or a filter such as --tag: ggen search --help'),
  'path-not-found': kind([3, 404, false], 'check the path'),
  'manifest-missing': kind([2, 400, false], 'add a ggen.toml with [package] name and version, a pack.toml, package.toml, gpack.toml or package.json'),
  'manifest-invalid': kind([2, 400, false], 'correct the field that is named and publish again'),
  'archive-unsafe': kind([5, 422, false], 'the archive holds something that must not be unpacked; pack it again without it'),
  'archive-broken': kind([5, 422, false], 'the archive is not one complete gzip-compressed tar file; make it again'),
  'index-invalid': kind([5, 422, false], 'ggen reads catalog v2, gpack and marketplace indexes: give the address of one, or of the folder that holds it'),
  'bundle-broken': kind([5, 422, false], 'nothing of it counts here; copy the file again, or make it again with: ggen bundle LOCKFILE -o FILE'),
  'keys-unknown': kind([6, 409, false], 'compare the keys with those that the registry shows, then take them: ggen import FILE --trust-keys'),
  'archive-too-large': kind([10, 413, false], 'leave large files out with .ggenignore, .npmignore or "files"'),
  conflict: kind([7, 409, false], 'a version is bound to its bytes for ever: publish under a new version'),
  'publish-expired': kind([7, 409, true], 'another publish of this package came between; run the command again'),
  'package-not-found': kind([3, 404, true], 'search for it with: ggen search WORDS'),
  'version-not-found': kind([3, 404, true], 'see the versions there are with: ggen info NAME'),
  'blob-not-found': kind([3, 404, true], 'no copy of these bytes is here'),
  'not-pinned': kind([3, 404, false], 'see what is pinned with: ggen pins'),
  'not-followed': kind([3, 404, false], 'see whom you follow with: ggen followed'),
  'not-blocked': kind([3, 404, false], 'see what is blocked with: ggen trust blocked'),
  'not-trusted': kind([3, 404, false], 'see which names are bound with: ggen trust list'),
  'no-network': kind([3, 404, false], 'make one with: ggen invite --network NAME, or enter one with: ggen join TICKET'),
  'not-listed': kind([3, 404, false], 'see who is banned and who is allowed with: ggen p2p bans'),
  'other-network': kind([7, 409, false], 'leave it first with: ggen leave, or join with --force'),
  'name-contested': kind([6, 409, false], 'choose a publisher: ggen install @IDENTITY/NAME'),
  'identity-changed': kind([6, 409, false], 'the publisher is not the one that was pinned; ask the author before you accept the new one'),
  'name-unverified': kind([6, 409, false], 'see who it is with: ggen trust why NAME; then install it with --trust IDENTITY'),
  'name-unproven': kind([6, 409, false], 'see what its domain says with: ggen trust why NAME'),
  downgrade: kind([6, 409, false], 'ask its author; install it all the same with --accept-downgrade'),
  'advised-against': kind([6, 409, false], 'choose another version, or install it all the same with --accept-advisory'),
  'too-young': kind([6, 409, true], 'wait until others have looked at it, or install it by its version: ggen install NAME@VERSION'),
  rollback: kind([5, 409, true], 'what is known here is older than what was seen before; connect to more peers, or wait until the catalogue is here'),
  disputed: kind([7, 409, false], 'two different archives claim this version; choose another version'),
  integrity: kind([5, 502, false], 'the bytes are not what the publisher signed; nothing was kept'),
  'op-invalid': kind([5, 422, false], 'the signed record is malformed or its signature is wrong; it was dropped'),
  'frame-invalid': kind([5, 422, false], 'the peer broke the protocol; it was disconnected'),
  'no-peers': kind([4, 503, true], 'connect to someone: ggen p2p start --bootstrap ADDRESS'),
  'peer-unreachable': kind([4, 502, true], 'the peer left or cannot be reached; others are tried'),
  'no-holder': kind([4, 503, true], 'nobody who is reachable holds these bytes; try again when more peers are up'),
  'registry-unreachable': kind([4, 502, true], 'check registry.central_url; others are asked meanwhile, and it is tried again by itself'),
  'registry-untrusted': kind([4, 502, true], 'its certificate is not valid there: ask who runs it; a node trusts further authorities with NODE_EXTRA_CA_CERTS'),
  'registry-failed': kind([4, 502, true], 'the registry is in trouble; others are asked meanwhile, and it is tried again by itself'),
  'replicas-missing': kind([4, 503, true], 'the release stands; run the command again when more peers that seed are connected'),
  timeout: kind([4, 504, true], 'try again, or give more time with --timeout'),
  denied: kind([8, 403, false], 'this is not allowed here'),
  'token-missing': kind([8, 401, false], 'send the header Authorization: Bearer with what is in control.token in the home folder'),
  misdirected: kind([8, 421, false], 'ask 127.0.0.1, [::1] or localhost, with the port of the node'),
  'publishes-nothing': kind([8, 403, false], 'publish from another node: this one was started with --no-publish, or p2p.publish is false'),
  'key-missing': kind([8, 403, false], 'the identity key of this publisher is not on this machine'),
  'passphrase-needed': kind([8, 403, false], 'run it on a terminal, set GGEN_PASSPHRASE, or use ggen id unlock; --no-passphrase makes keys without one'),
  'passphrase-wrong': kind([8, 403, false], 'try again; a passphrase that is lost cannot be brought back, a backup or the recovery words can help'),
  'keyring-unavailable': kind([8, 403, false], 'the keyring of the system must be there and unlocked; a passphrase does without it'),
  'home-insecure': kind([8, 403, false], 'make it readable by you alone: chmod -R go= on the path that is named'),
  'daemon-not-running': kind([9, 503, true], 'start it: ggen p2p start --detach'),
  'no-npm-door': kind([9, 404, false], 'start the node with a port for package managers: ggen p2p start --http-port 4003'),
  'no-catalogue': kind([1, 409, false], 'only nodes with a catalogue hear what is new: start this one without --light'),
  'daemon-already-running': kind([1, 409, false], 'one node per home folder; stop it with: ggen p2p stop'),
  'port-in-use': kind([1, 409, false], 'choose another address with --listen'),
  'dependency-conflict': kind([7, 409, false], 'ask for other versions, or ask the publishers that are named for releases that suit each other'),
  'install-blocked': kind([7, 409, false], 'move the folder that is named out of the way'),
  'files-changed': kind([5, 422, false], 'look at the files that are named; remove the package and install it again to have the signed ones'),
  'still-needed': kind([7, 409, false], 'remove what needs it first'),
  'lock-outdated': kind([7, 409, false], 'run ggen install without --frozen, and put the new ggen.lock under version control'),
  'lock-invalid': kind([2, 400, false], 'ggen.lock cannot be read; restore it from version control'),
  'disk-full': kind([10, 507, true], 'free some space and try again'),
  'store-broken': kind([10, 500, false], 'the data folder cannot be read or written; check the disk and the permissions'),
  'blobs-damaged': kind([5, 500, false], 'they can be had again from others; look at the disk'),
  'too-busy': kind([4, 429, true], 'a limit was reached; try again in a moment'),
  cancelled: kind([130, 499, true], 'it was interrupted'),
  internal: kind([1, 500, false], 'this is a defect in ggen; please report it with the text above'),
} satisfies Record<string, ErrorKind>)

/** Every code there is. */
export type ErrorCode = keyof typeof ERRORS

/** What an error may carry besides its code. `details` must be plain JSON. */
export interface ErrorOptions {
  readonly cause?: unknown
  /** Replaces the catalogue's hint where something more helpful is known. */
  readonly hint?: string
  readonly details?: Readonly<Record<string, unknown>>
}

/** The only error that users and peers can cause. Anything else that is thrown is a bug. */
export class GgenError extends Error {
  static readonly NAME = 'GgenError'
  readonly code: ErrorCode
  readonly hint: string
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = GgenError.NAME
    this.code = code
    this.hint = options.hint ?? ERRORS[code].hint
    this.details = options.details ?? {}
  }

  get kind(): ErrorKind {
    return ERRORS[this.code]
  }

  /** The JSON form that every door prints: `{"code","message","hint"}` and, where there are any, `"details"`. */
  toJSON(): { code: ErrorCode; message: string; hint: string; details?: Readonly<Record<string, unknown>> } {
    const plain = { code: this.code, message: this.message, hint: this.hint }
    return Object.keys(this.details).length === 0 ? plain : { ...plain, details: this.details }
  }
}

/** True for a `GgenError`, of the given code where one is given. */
export const isGgenError = (error: unknown, code?: ErrorCode): error is GgenError =>
  error instanceof GgenError && (code === undefined || error.code === code)

/** The coded form of anything thrown: a `GgenError` as it is, an abort as `cancelled` or `timeout`, the rest as `internal`. */
export const toGgenError = (error: unknown): GgenError => {
  if (error instanceof GgenError) return error
  const name = error instanceof Error ? error.name : ''
  const message = error instanceof Error ? error.message : String(error)
  if (name === 'AbortError') return new GgenError('cancelled', 'interrupted', { cause: error })
  if (name === 'TimeoutError') return new GgenError('timeout', 'it took too long', { cause: error })
  return new GgenError('internal', message, { cause: error })
}

/** Narrows an untrusted `code` text (from the control socket) back to the catalogue. */
export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === 'string' && Object.hasOwn(ERRORS, code)
