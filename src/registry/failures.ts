import { type ErrorCode, GgenError, isGgenError } from '#core'

/** What says that a registry does not work, so that another one may do better; everything else is an answer, or a defect here. */
const FAILURES: ReadonlySet<ErrorCode> = new Set(['registry-unreachable', 'registry-untrusted', 'registry-failed', 'timeout', 'no-peers', 'peer-unreachable'])

/** Whether an error is the fault of the registry that was asked. */
export const isFailure = (error: unknown): error is GgenError => error instanceof GgenError && FAILURES.has(error.code)

/** Whether somebody else may be asked instead: it failed, has too much to do, or has not what is wanted. */
export const mayAskOthers = (error: unknown): error is GgenError =>
  isFailure(error) || isGgenError(error, 'too-busy') || isGgenError(error, 'blob-not-found') || isGgenError(error, 'op-invalid')

/** Why one of several could not help. */
export interface Cause {
  readonly registry: string
  readonly error: GgenError
}

/** The causes as every door prints them. */
export const causesJson = (causes: readonly Cause[]): readonly { readonly registry: string; readonly code: ErrorCode; readonly message: string }[] =>
  causes.map(({ registry, error: { code, message } }) => ({ registry, code, message }))

/** Causes in one sentence. */
export const causesText = (causes: readonly Cause[]): string => causes.map(({ registry, error }) => `${registry}: ${error.message}`).join('; ')

/**
 * What is thrown when nobody of a list could help, and no cause is forgotten. Who refused says of what kind it is; else the first that failed; and only when
 * nobody did, who has not what was wanted.
 */
export const nobodyAnswered = (causes: readonly Cause[]): GgenError => {
  const isAbsent = ({ error }: Cause): boolean => isGgenError(error, 'blob-not-found')
  const first = causes.find((cause) => !isFailure(cause.error) && !isAbsent(cause)) ?? causes.find((cause) => !isAbsent(cause)) ?? causes[0]
  if (first === undefined) return new GgenError('no-peers', 'there is nobody to ask')
  const options = { cause: new AggregateError(causes.map(({ error }) => error)), hint: first.error.hint, details: { causes: causesJson(causes) } }
  return new GgenError(first.error.code, causesText(causes), options)
}
