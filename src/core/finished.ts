import { GgenError } from './errors.ts'

/** Why work ends that nobody needs any more. One for all: making an error for each takes longer than much of what it ends. */
export const FINISHED: GgenError = new GgenError('cancelled', 'nobody needs it any more')
