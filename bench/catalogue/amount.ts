const VARIABLE = 'GGEN_BENCH_PACKAGES'

export const USAGE = `environment: ${VARIABLE}=N measures with at most N packages where the rows would have more; their names say with how many`

/** How many packages a row is made with: `wanted`, or fewer where whoever runs the bench says so. */
export const packagesAtMost = (wanted: number): number => {
  const text = process.env[VARIABLE]
  if (text === undefined) return wanted
  const most = Number(text)
  if (!Number.isSafeInteger(most) || most < 100) throw new Error(`${VARIABLE} is a whole number from 100 on`)
  return Math.min(most, wanted)
}

/** `100k` for 100,000. */
export const short = (count: number): string =>
  count % 1_000_000 === 0 ? `${count / 1_000_000}M` : count % 1000 === 0 ? `${count / 1000}k` : String(count)
