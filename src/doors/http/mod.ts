export type { RawReply } from './raw-reply.ts'
export { NO_SCHEMAS } from './no-schemas.ts'
export { brokenRequestAnswer, codeError, refuse } from './reply-error.ts'
export { Works } from './works.ts'
