import { isSceneName, type SceneName } from './trust-scene.ts'

/** A fenced `console` block of a page: commands, each with the output that belongs to it. */
export interface Transcript {
  /** Where the text of the block begins and ends in the page. */
  readonly start: number
  readonly end: number
  readonly steps: readonly Step[]
  readonly setting: Setting
}

export interface Step {
  /** Without the `$ `. */
  readonly command: string
  /** Every line of it ends with a line break. */
  readonly output: string
}

/**
 * What the comment before the block asks for: `<!-- transcript: node, pipe -->`, `real` for a node that holds the real packages, `brought` for a folder with
 * the real marketplace and two real locks in the project, or the name of a scene.
 */
export interface Setting {
  /** A node is running. */
  readonly node: boolean
  /** Output goes to another program, not to a terminal. */
  readonly pipe: boolean
  /** It is a real marketplace with the real packages of the community, not the canned one. */
  readonly real: boolean
  /** The real marketplace lies in a folder of the project. */
  readonly brought?: boolean
  /** It is a node among others, between whom this has just happened. */
  readonly scene?: SceneName
}

const FENCE = /^```console\n([\s\S]*?)^```$/gm
const COMMENT = /<!-- transcript: ([a-z, -]+) -->\s*$/
const WORDS = ['node', 'pipe', 'real', 'brought']

const settingBefore = (text: string): Setting => {
  const words = COMMENT.exec(text)?.[1]?.split(',').map((word) => word.trim()) ?? []
  const unknown = words.find((word) => !WORDS.includes(word) && !isSceneName(word))
  if (unknown !== undefined) throw new Error(`a transcript cannot ask for "${unknown}"`)
  const real = words.includes('real')
  const scene = words.find(isSceneName)
  const isRunning = real || scene !== undefined || words.includes('node')
  return { node: isRunning, pipe: words.includes('pipe'), real, ...(words.includes('brought') && { brought: true }), ...(scene !== undefined && { scene }) }
}

const readSteps = (block: string): readonly Step[] => {
  const steps: { command: string; output: string }[] = []
  for (const line of block.split('\n').slice(0, -1)) {
    const last = steps.at(-1)
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), output: '' })
    else if (last === undefined) throw new Error(`a transcript begins with "$ ", not with ${JSON.stringify(line)}`)
    else last.output += `${line}\n`
  }
  return steps
}

/** The text of a block. */
export const writeSteps = (steps: readonly Step[]): string => steps.map(({ command, output }) => `$ ${command}\n${output}`).join('')

/** Every transcript of a Markdown page, in order. */
export const readTranscripts = (page: string): readonly Transcript[] =>
  [...page.matchAll(FENCE)].map((fence) => {
    const text = fence[1] ?? ''
    const start = fence.index + '```console\n'.length
    return { start, end: start + text.length, steps: readSteps(text), setting: settingBefore(page.slice(0, fence.index)) }
  })

/** The words of a command line; single and double quotes keep words together. */
export const readWords = (command: string): readonly string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, plain]) => single ?? double ?? plain ?? '')
