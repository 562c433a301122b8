/** What one check of `ggen doctor` found. */
export interface CheckRow {
  readonly check: string
  /** `warn`: works, and could be better · `fail`: something is wrong · `unknown`: nobody here can tell. */
  readonly state: 'ok' | 'warn' | 'fail' | 'unknown'
  readonly finding: string
  /** What to do next. */
  readonly advice?: string
}
