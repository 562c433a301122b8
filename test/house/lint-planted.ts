import { spawnSync } from 'node:child_process'
import { copyFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { REPOSITORY } from './plant.ts'

/** One finding of the linter: the rule as the configuration spells it, and where. */
export interface LintFinding {
  readonly rule: string
  readonly path: string
  readonly line: number
}

interface Diagnostic {
  /** Absent when the finding is about a directive, not about code. */
  readonly code?: string
  readonly filename: string
  readonly labels: readonly { readonly span: { readonly line: number } }[]
}

const ruleOf = (code: string): string => code.replace(/^eslint\((.*)\)$/, '$1').replace(/^(.*)\((.*)\)$/, '$1/$2')

const toFinding = ({ code = '', filename, labels }: Diagnostic): LintFinding => ({ rule: ruleOf(code), path: filename, line: labels[0]?.span.line ?? 0 })

/** Runs the real linter with the real configuration in a planted folder. */
export const lintPlanted = (root: string): readonly LintFinding[] => {
  copyFileSync(join(REPOSITORY, 'package.json'), join(root, 'package.json'))
  copyFileSync(join(REPOSITORY, 'tsconfig.json'), join(root, 'tsconfig.json'))
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction')
  const config = pathToFileURL(join(REPOSITORY, 'oxlint.config.ts')).href
  writeFileSync(join(root, 'oxlint.config.ts'), `export { default } from '${config}'\n`)
  const command = [join(REPOSITORY, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '-f', 'json', '.']
  const { stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 })
  if (!stdout.startsWith('{')) throw new Error(`the linter did not run: ${stdout}${stderr}`)
  return (JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }).diagnostics.map(toFinding)
}

/** The lines of one file where one rule found something, in order and without repetition. */
export const linesOf = (findings: readonly LintFinding[], path: string, rule: string): readonly number[] =>
  [...new Set(findings.filter((finding) => finding.path === path && finding.rule === rule).map(({ line }) => line))].sort((a, b) => a - b)
