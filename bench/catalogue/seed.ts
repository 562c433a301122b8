/** The world that all rows are measured in. */
export const SEED = 1
