/** `npm run bench -- NAME…`: each benchmark runs ours beside a baseline, alternating, in one run. */
const BENCHMARKS: Readonly<Record<string, () => Promise<{ readonly run: () => Promise<void> }>>> = {
  startup: () => import('./startup.ts'),
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !Object.hasOwn(BENCHMARKS, name))
if (names.length === 0 || unknown.length > 0) {
  console.error(`usage: npm run bench -- NAME…   (${Object.keys(BENCHMARKS).join(', ')})`)
  process.exitCode = 2
} else {
  for (const name of names) await (await BENCHMARKS[name]?.())?.run()
}
