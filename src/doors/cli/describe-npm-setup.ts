import type { NpmSetUpReply } from './commands/outcome.ts'
import type { Look } from './look.ts'
import { plainText } from './plain-text.ts'

/** The lines that are or would be different. */
const changesText = ({ files }: NpmSetUpReply, look: Look): string =>
  files.map(({ path, changes }) => {
    const lines = changes.flatMap(({ before, after }) => [...(before === undefined ? [] : [`- ${before}`]), ...(after === undefined ? [] : [`+ ${after}`])])
    return `${look.bold(plainText(path))}\n${lines.map((line) => `  ${plainText(line)}\n`).join('')}`
  }).join('')

/** Names published in the last days are held back by pnpm 11 and yarn 4 unless they are named. */
const ageGates = (scopes: readonly string[]): readonly string[] => {
  const patterns = scopes.map((scope) => `"${scope}/*"`).join(', ')
  return scopes.length === 0 ? [] : [
    'pnpm and yarn hold back what was published in the last day; to have your own at once:',
    `  pnpm-workspace.yaml: minimumReleaseAgeExclude: [${patterns}]`,
    `  .yarnrc.yml: npmPreapprovedPackages: [${patterns}]`,
  ]
}

const setUpRemarks = ({ whose, apart, scopes }: NpmSetUpReply, { command }: Look): readonly string[] => [
  `what asks there fails while no node runs: ${command} p2p start --detach, or take it out with: ${command} npm unsetup --${whose}`,
  ...(whose === 'project' ? ['commit it only where everybody who works on the project runs a node'] : []),
  ...apart.map((scope) => `${scope} stays as it is, for the node knows another registry for it: name it in the .npmrc of your home folder`),
  ...ageGates(scopes),
]

/** What became of the settings, or would become of them; what is worth knowing of it beside that. */
export const npmSetUpText = (
  { kind, value }: { readonly kind: 'npm-set-up' | 'npm-taken-out'; readonly value: NpmSetUpReply }, look: Look,
): { readonly result: string; readonly remark?: string } => {
  const isSetUp = kind === 'npm-set-up'
  if (value.state === 'planned') return { result: changesText(value, look) }
  if (value.state === 'unchanged') return { result: '', remark: isSetUp ? 'everything is set up already' : 'there is nothing to take out' }
  const result = value.files.map(({ path }) => `wrote ${plainText(path)}\n`).join('')
  return isSetUp ? { result, remark: setUpRemarks(value, look).map(plainText).join('\n') } : { result }
}
