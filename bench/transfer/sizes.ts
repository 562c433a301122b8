/** The sizes of the table, and how often each is fetched. */
export interface Size {
  readonly name: string
  readonly bytes: number
  /** Small ones vary more in proportion and take less time. */
  readonly rounds: number
  readonly rivalRounds: number
  /** Rounds before them that do not count. Small ones are over before code is warm. */
  readonly warmUps: number
}

export const MB = 1e6

/** Below 10 MB the contact decides, so that both kinds are measured; above it does not matter. */
export const SMALL_SIZES: readonly Size[] = [
  { name: '30 KB', bytes: 30_000, rounds: 21, rivalRounds: 7, warmUps: 8 },
  { name: '1 MB', bytes: MB, rounds: 21, rivalRounds: 7, warmUps: 8 },
]

export const LARGE_SIZES: readonly Size[] = [
  { name: '10 MB', bytes: 10 * MB, rounds: 11, rivalRounds: 5, warmUps: 1 },
  { name: '100 MB', bytes: 100 * MB, rounds: 7, rivalRounds: 3, warmUps: 1 },
  { name: '500 MB', bytes: 500 * MB, rounds: 5, rivalRounds: 3, warmUps: 0 },
]
