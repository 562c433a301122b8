import { type Check, type Finding, findingsOf, isCode, type Source } from './tree.ts'

const DIRECTIVE = /(?:\/\/|\/\*)\s*(?:(?:oxlint|eslint)-disable(?!-(?:next-)?line [^\n]*-- \S)[^\n]*|@ts-(?:ignore|nocheck|expect-error)\b[^\n]*)/g

const unexplained = ({ path, text }: Source): readonly Finding[] =>
  findingsOf(path, text, { pattern: DIRECTIVE, problem: ([directive]) => `"${directive.trim()}": switch off one rule for one line and say why: -- because …` })

/** A rule is switched off for one line at most, with a reason; the compiler never. */
export const checkSuppressions: Check = ({ sources }) => sources.filter(isCode).flatMap(unexplained)
