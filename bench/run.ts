/** What a benchmark offers: everything, or the groups of rows that are named. */
interface Benchmark {
  readonly run: (groups: readonly string[]) => Promise<void>
  readonly GROUPS?: readonly string[]
  /** What else can be chosen, one line. */
  readonly USAGE?: string
}

/** `npm run bench -- NAME [GROUP…] …`: each benchmark runs ours beside a baseline in one run; `page` writes what they found into the documentation. */
const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  startup: () => import('./startup.ts'),
  transfer: () => import('./transfer.ts'),
  delta: () => import('./delta.ts'),
  catalogue: () => import('./catalogue.ts'),
  trust: () => import('./trust.ts'),
  limits: () => import('./limits.ts'),
  hybrid: () => import('./hybrid.ts'),
  npm: () => import('./npm.ts'),
  page: () => import('./page.ts'),
}

/** Words that name a benchmark, each with the words after it that do not. */
const asked: { readonly name: string; readonly groups: string[] }[] = []
for (const word of process.argv.slice(2)) {
  if (Object.hasOwn(BENCHMARKS, word) || asked.length === 0) asked.push({ name: word, groups: [] })
  else asked.at(-1)?.groups.push(word)
}

const chosen = await Promise.all(asked.map(async ({ name, groups }) => ({ groups, benchmark: await BENCHMARKS[name]?.() })))
const isKnown = ({ groups, benchmark }: (typeof chosen)[number]): boolean =>
  benchmark !== undefined && groups.every((group) => benchmark.GROUPS?.includes(group) === true)
if (chosen.length === 0 || !chosen.every(isKnown)) {
  console.error(`usage: npm run bench -- NAME [GROUP…]   (${Object.keys(BENCHMARKS).join(', ')})`)
  for (const { benchmark } of chosen) if (benchmark?.GROUPS !== undefined) console.error(`groups: ${benchmark.GROUPS.join(', ')}`)
  for (const { benchmark } of chosen) if (benchmark?.USAGE !== undefined) console.error(benchmark.USAGE)
  process.exitCode = 2
} else {
  for (const { benchmark, groups } of chosen) await benchmark?.run(groups)
}
