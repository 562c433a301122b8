/** Whether every round counts, and whoever started the run has minutes or hours. */
export const isLongRun = process.env['GGEN_LONG'] === '1'

/** How many rounds a test makes of what may go wrong by chance: a sample in every run, and so many as its claim names with `GGEN_LONG=1`. */
export const rounds = (sample: number, all: number): number => (isLongRun ? all : sample)
