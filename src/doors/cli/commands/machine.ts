/** What `ggen doctor` wants to know of the machine. Changes nothing. What cannot be found out is said as a fact, never thrown. */
export interface Machine {
  /** Unix milliseconds. */
  now(): number
  /** A home folder, itself first, and what lies in it; `undefined` when there is none. Looks at `most` files and folders at most. */
  list(home: string, most: number): Promise<Listing | undefined>
  /** The disk on which a folder lies, or would lie; `undefined` where the system does not say. */
  room(folder: string): Promise<DiskRoom | undefined>
  /** What would become of listening there now. */
  tryPort(place: PortPlace): Promise<PortState>
}

export interface Listing {
  readonly files: readonly FileFacts[]
  /** There was no more than what was looked at. */
  readonly isWhole: boolean
}

export interface FileFacts {
  /** Below the home folder; `.` is that folder itself. */
  readonly path: string
  /** `closed`: a folder into which this user may not look. */
  readonly kind: 'file' | 'folder' | 'link' | 'socket' | 'closed' | 'other'
  /** Permission bits. */
  readonly mode: number
  /** Number of the user. */
  readonly owner: number
  /** When it was written last, Unix milliseconds. */
  readonly changedMs: number
  /** That it takes on the disk. */
  readonly bytes: number
}

export interface DiskRoom {
  /** For this user. */
  readonly freeBytes: number
  readonly totalBytes: number
  /** Files that may still be made; absent where the disk does not count them. */
  readonly freeFiles?: number
}

export interface PortPlace {
  readonly host: string
  readonly port: number
}

/** `taken`: somebody listens there · `denied`: this user may not · `elsewhere`: the address is not of this machine. */
export type PortState = 'free' | 'taken' | 'denied' | 'elsewhere'
