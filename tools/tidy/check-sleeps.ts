import { importsOf } from './imports-of.ts'
import { maskCode } from './mask-code.ts'
import { type Check, type Finding, findingsOf, isTest, type Source } from './tree.ts'

const SLEEP = /(?<![\w$])(setTimeout|sleep|delay)\s*\(/g

const calls = ({ path, text }: Source): readonly Finding[] =>
  findingsOf(path, maskCode(text), { pattern: SLEEP, problem: ([, name]) => `${name}() in a test: wait for an event or a condition with a deadline` })

const timers = ({ path, text }: Source): readonly Finding[] =>
  importsOf(text)
    .filter(({ specifier }) => /^(?:node:)?timers\b/.test(specifier))
    .map(({ specifier, line }) => ({ path, line, problem: `"${specifier}" in a test: wait for an event or a condition with a deadline` }))

/** No test waits for time to pass. */
export const checkSleeps: Check = ({ sources }) => sources.filter(isTest).flatMap((source) => [...calls(source), ...timers(source)])
