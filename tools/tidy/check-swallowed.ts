import { maskCode } from './mask-code.ts'
import { type Check, type Finding, findingsOf, isCode, isTest, type Source } from './tree.ts'

const EMPTY_CATCH = /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/g
const EMPTY_REJECTION = /\.catch\(\s*(?:async\s*)?(?:\(\s*\w*\s*\)|\w+)\s*=>\s*(?:\{\s*\}|undefined|void 0)\s*\)/g
const ADVICE = 'swallows every error; name the code that is expected and throw the rest'

const isExplained = (text: string, line: number): boolean => /^\s*(?:\/\/|\*|\/\*)/.test(text.split('\n')[line - 2] ?? '')

const swallowed = ({ path, text }: Source): readonly Finding[] => {
  const masked = maskCode(text)
  const rejections = findingsOf(path, masked, { pattern: EMPTY_REJECTION, problem: () => `this .catch ${ADVICE}, or say above it who sees the error` })
  return [
    ...findingsOf(path, masked, { pattern: EMPTY_CATCH, problem: () => `an empty catch ${ADVICE}` }),
    ...rejections.filter(({ line }) => !isExplained(text, line)),
  ]
}

/** No error disappears. A comment does not make an empty catch any fuller; a promise that is awaited elsewhere may be marked with one. */
export const checkSwallowed: Check = ({ sources }) => sources.filter((source) => isCode(source) && !isTest(source)).flatMap(swallowed)
