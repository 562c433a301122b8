import type { ServedTarball } from '#core'

/** `GET /v1/npm`: where package managers ask this node. */
export interface NpmReply {
  /** `http://127.0.0.1:PORT/npm/` */
  readonly url: string
  /** The registries behind it, that for names without a scope first. */
  readonly upstreams: readonly string[]
  /** Scopes whose names come from one of these alone, each with its `@`. */
  readonly scopes: readonly { readonly scope: string; readonly upstream: string }[]
  /** Of all archives and documents that the node holds. */
  readonly cacheBytes: number
  /** What whoever changes something shows; only the user of the node can ask for it. */
  readonly token: string
}

/** `POST /v1/npm/served {agoMs}`: how archives were served in the last so many milliseconds, oldest first. */
export interface NpmServedReply {
  readonly served: readonly ServedTarball[]
}

/** `POST /v1/npm/addresses {packages}`: where registries have archives, at most `NPM_LIMITS.askedAddresses` in one question. */
export interface NpmAddressesReply {
  /** In the order of the question; `null`: no registry but this node has it. */
  readonly addresses: readonly (string | null)[]
}

/** One archive, as it is asked for. */
export interface NpmAddressQuestion {
  readonly name: string
  readonly version: string
}

/** `POST /v1/npm/probe {spec}`: where a package would come from, and why. */
export interface NpmProbeReply {
  readonly name: string
  readonly wanted: string
  /** `scope`: a setting names this registry for its scope; `registry`: it is the one for all names; `network`: no registry is ever asked for it. */
  readonly route: { readonly by: 'scope' | 'registry' | 'network'; readonly upstream?: string; readonly scope?: string; readonly isPrivate: boolean }
  /** Absent: its document is not here. */
  readonly document?: { readonly kind: 'full' | 'abbreviated'; readonly ageMs: number; readonly freshMs: number; readonly isSigned: boolean }
  /** How the registry, or the network, stands to one small question; `left-alone`: it failed lately, and is not asked now. */
  readonly upstream: { readonly state: 'answers' | 'has-not' | 'denies' | 'fails' | 'left-alone'; readonly ms?: number; readonly why?: string }
  /** Absent: nobody says which it is, or that there is one. */
  readonly version?: string
  readonly integrity?: string
  /** Absent: its archive is not here. */
  readonly disk?: { readonly sizeBytes: number }
  /** Peers that could be asked, and what each says of the archive. */
  readonly peers: readonly { readonly peer: string; readonly says: 'held' | 'coming' | 'none'; readonly ms: number }[]
  /** Whether the registry signed what it says of the version. */
  readonly signatures: 'verified' | 'unsigned' | 'unknown-key' | 'wrong' | 'expired-key' | 'unchecked'
  readonly verdict: {
    readonly from: 'disk' | 'peer' | 'network' | 'upstream' | 'nowhere'
    readonly why?: 'no-such-package' | 'no-such-version' | 'denied' | 'upstream-fails'
    /** Whether `npm install NAME` can find out which versions there are; a lock file needs no such thing. */
    readonly canChoose: boolean
  }
}

/** `POST /v1/npm/bring`: an archive that shall be here, as a lock file names it. */
export interface NpmBringQuestion {
  readonly name: string
  readonly version: string
  readonly integrity?: string
  /** Where the lock file says that it was. */
  readonly resolved?: string
}

/** Its answer: the archive is here. */
export interface NpmBroughtReply extends Pick<ServedTarball, 'from' | 'givers' | 'trouble'> {
  readonly sha512: string
  readonly digest: string
  readonly sizeBytes: number
}

/** `POST /v1/npm/keep`: a lock file keeps exactly these on the node from now on. */
export interface NpmKeepQuestion {
  readonly lockfile: string
  /** SHA-512. */
  readonly tarballs: readonly string[]
  /** Copies on other nodes that are wanted of each. */
  readonly replicas: number
}

/** Its answer: what the lock file keeps. */
export interface NpmKeptReply {
  readonly archives: number
  readonly bytes: number
  /** SHA-512 of those that are not here, and so not kept. */
  readonly missing: readonly string[]
}

/** `POST /v1/npm/copies`: have peers keep what a lock file keeps, now. */
export interface NpmCopiesQuestion {
  readonly lockfile: string
  readonly waitMs: number
}

/** Its answer: how many copies there are, as those say that keep them. */
export interface NpmCopiesReply {
  readonly wanted: number
  /** Others that keep the archive that the fewest keep. */
  readonly lowest: number
  /** Of archives that as many keep as are wanted, in [0, 1]. */
  readonly share: number
  readonly peers: readonly { readonly peer: string; readonly archives: number }[]
}

/** `GET /v1/npm/kept`: everything that stays, because a lock file needs it here or a peer has asked for it. */
export interface NpmKeptListReply {
  readonly kept: readonly {
    readonly lockfile?: string
    readonly peer?: string
    readonly archives: number
    readonly bytes: number
    /** Unix milliseconds. */
    readonly since: number
    /** Of a lock file: copies that are wanted on other nodes, and what was seen of them last, when; absent: the node has not looked since its start. */
    readonly copies?: {
      readonly wanted: number
      readonly seen?: { readonly lowest: number; readonly share: number; readonly at: number }
    }
  }[]
}

/** `POST /v1/npm/unkeep {lockfile}`: not here, and not at others; false: it kept nothing. */
export interface NpmUnkeptReply {
  readonly dropped: boolean
}

/** `GET /v1/npm/uploads`: what clients handed in and nobody has signed yet, oldest first. */
export interface NpmUploadsReply {
  readonly uploads: readonly UploadReply[]
}

export interface UploadReply {
  /** Names it: `POST /v1/npm/uploads/remove {id}` lets it go. */
  readonly id: string
  readonly name: string
  readonly version: string
  readonly sizeBytes: number
  /** When it came, Unix milliseconds. */
  readonly at: number
  /** Of the archive, absolute. */
  readonly path: string
}
