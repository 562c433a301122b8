import { posix } from 'node:path'
import { importsOf } from './imports-of.ts'
import { maskCode } from './mask-code.ts'
import { filesThroughDoor } from './through-door.ts'
import { type Check, folderOf, isProgram, type Source } from './tree.ts'

const STATEMENT = /^export\s[^\n]*(?:\n(?:[ \t})\]][^\n]*)?)*/gm
const FUNCTION = /^export\s+(?:default\s+)?(?:async\s+)?function\b/
const CLASS = /^export\s+(?:default\s+)?(?:abstract\s+)?class\b/
const CONSTANT = /^export\s+const\b/
const BODY = /=>|\bfunction\b|\)\s*(?::[^={}]*)?\{/

const definesFunction = (statement: string): boolean => {
  if (FUNCTION.test(statement) || CLASS.test(statement)) return true
  return CONSTANT.test(statement) && BODY.test(statement.split(/\s=\s/).slice(1).join(' '))
}

const exportsFunction = ({ text }: Source): boolean => [...maskCode(text).matchAll(STATEMENT)].some(([statement]) => definesFunction(statement))

const testedFiles = (sources: readonly Source[]): ReadonlySet<string> => {
  const texts = new Map(sources.map(({ path, text }) => [path, text]))
  const tested = sources
    .filter(({ path }) => path.endsWith('.test.ts'))
    .flatMap(({ path, text }) => {
      const folder = folderOf(path)
      const named = importsOf(text).map(({ specifier }) => specifier).filter((specifier) => specifier.startsWith('./'))
      return [...named, ...filesThroughDoor(texts.get(`${folder}/mod.ts`) ?? '', text)].map((file) => posix.join(folder, file))
    })
  return new Set(tested)
}

/** What only plugs things together decides nothing: it is shown by the processes of test/end-to-end. */
const COMPOSITION = ['src/main', 'src/node', 'src/node/system']

/** Every file of the program that exports a function or a class is used by a test in its own folder, by its path or through mod.ts. */
export const checkTestsBeside: Check = ({ sources }) => {
  const tested = testedFiles(sources)
  return sources
    .filter((source) => isProgram(source) && posix.basename(source.path) !== 'mod.ts' && exportsFunction(source))
    .filter(({ path }) => !tested.has(path) && !COMPOSITION.includes(folderOf(path)))
    .map(({ path }) => ({ path, line: 1, problem: `no test in ${folderOf(path)}/ imports ./${posix.basename(path)}` }))
}
