import { PACKAGES } from '../lint/packages.ts'
import type { Check } from './tree.ts'

const matches = (pattern: string, name: string): boolean => (pattern.endsWith('/*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name)

/** Every library of package.json has a row in tools/lint/packages.ts that says who may know it. */
export const checkPackages: Check = ({ manifest }) =>
  Object.keys(manifest.dependencies)
    .filter((name) => !PACKAGES.some((row) => matches(row.name, name)))
    .map((name) => ({ path: 'tools/lint/packages.ts', line: 1, problem: `has no row for ${name}: say which folders may import it` }))
