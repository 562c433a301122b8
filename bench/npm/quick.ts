const said = process.env['GGEN_BENCH_QUICK']

export const USAGE = 'environment: GGEN_BENCH_QUICK=1 tries everything with less and records nothing; GGEN_BENCH_QUICK=real does so with the real project'

/** Whether it is only tried out: with less of everything, and nothing is recorded. */
export const isQuick = said === '1' || said === 'real'

/** Whether it is tried out with a project that is made up, which needs no registry. */
export const isMadeUp = said === '1'

/** So many, or fewer where it is only tried out. */
export const atMost = (usual: number, quick: number): number => (isQuick ? quick : usual)
