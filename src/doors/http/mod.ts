export type { RawReply } from './raw-reply.ts'
export { brokenRequestAnswer, codeError, refuse } from './reply-error.ts'
export { Works } from './works.ts'
