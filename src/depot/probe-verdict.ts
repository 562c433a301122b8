import type { Integrity, NpmName, VersionVerdict } from '#npm'
import type { SurveyedPeer } from './team.ts'

/** How a registry, or the network, stands to one question. `left-alone`: it failed lately, and is not asked now. */
export interface ProbedUpstream {
  readonly state: 'answers' | 'has-not' | 'denies' | 'fails' | 'left-alone'
  readonly ms?: number
  readonly why?: string
}

/** Everything that decides where a package comes from. */
export interface ProbeFacts {
  readonly name: NpmName
  readonly wanted: string
  /** `scope`: a setting names this registry for its scope; `registry`: it is the one for all names; `network`: no registry is ever asked for it. */
  readonly route: { readonly by: 'scope' | 'registry' | 'network'; readonly upstream?: string; readonly scope?: string; readonly isPrivate: boolean }
  /** Absent: its document is not here. */
  readonly document?: { readonly kind: 'full' | 'abbreviated'; readonly ageMs: number; readonly freshMs: number; readonly isSigned: boolean }
  readonly upstream: ProbedUpstream
  /** Absent: nobody says which it is, or that there is one. */
  readonly version?: string
  readonly integrity?: Integrity
  /** Absent: its archive is not here. */
  readonly disk?: { readonly sizeBytes: number }
  readonly peers: readonly SurveyedPeer[]
  /** `unchecked`: nobody who could be asked says with which keys. */
  readonly signatures: VersionVerdict | 'unchecked'
}

/** Where the archive would come from, and why not from anywhere. */
export interface ProbeVerdict {
  /** `network`: from whoever holds it there. */
  readonly from: 'disk' | 'peer' | 'network' | 'upstream' | 'nowhere'
  readonly why?: 'no-such-package' | 'no-such-version' | 'denied' | 'upstream-fails'
  /** `npm install NAME` can find out which versions there are; a lock file needs no such thing. */
  readonly canChoose: boolean
}

/** Decides in the order in which a node looks. Pure. */
export const verdictOf = ({ route, document, upstream, version, disk, peers }: Omit<ProbeFacts, 'verdict'>): ProbeVerdict => {
  const canChoose = document !== undefined || upstream.state === 'answers'
  if (disk !== undefined) return { from: 'disk', canChoose }
  if (peers.some(({ says }) => says !== 'none')) return { from: 'peer', canChoose }
  if (upstream.state === 'answers') {
    return version === undefined ? { from: 'nowhere', why: 'no-such-version', canChoose } : { from: route.by === 'network' ? 'network' : 'upstream', canChoose }
  }
  if (upstream.state === 'has-not') return { from: 'nowhere', why: document === undefined ? 'no-such-package' : 'no-such-version', canChoose }
  return { from: 'nowhere', why: upstream.state === 'denies' ? 'denied' : 'upstream-fails', canChoose }
}
