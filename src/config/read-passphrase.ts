import type { Variables } from './environment.ts'

/** The passphrase of the keys out of `GGEN_PASSPHRASE`, exactly as it stands there, spaces and all; `undefined` when it is unset or empty. */
export const readPassphrase = (env: Variables): string | undefined => (Object.hasOwn(env, NAME) && env[NAME] !== '' ? env[NAME] : undefined)

/** The same variables without it, for a process that never signs. */
export const withoutPassphrase = (env: Variables): Variables => Object.fromEntries(Object.entries(env).filter(([name]) => name !== NAME))

const NAME = 'GGEN_PASSPHRASE'
