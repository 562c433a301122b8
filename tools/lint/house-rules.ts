import type { DummyRuleMap } from 'oxlint'

/** What holds for the program besides: a value of unknown type is checked before it is used, wherever it came from. */
export const programRules = (): DummyRuleMap => ({
  'typescript/no-unsafe-argument': 'error',
  'typescript/no-unsafe-assignment': 'error',
  'typescript/no-unsafe-call': 'error',
  'typescript/no-unsafe-member-access': 'error',
  'typescript/no-unsafe-return': 'error',
})

/** What holds for every file of the repository. */
export const houseRules = (): DummyRuleMap => ({
  'eqeqeq': 'error',
  'max-lines': ['error', { max: 300 }],
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
  'max-params': ['error', { max: 3 }],
  'no-console': 'error',
  'no-empty': ['error', { allowEmptyCatch: false }],
  'no-var': 'error',
  'prefer-const': 'error',
  'import/no-cycle': 'error',
  'import/no-default-export': 'error',
  'typescript/ban-ts-comment': 'error',
  'typescript/consistent-type-imports': ['error', { prefer: 'type-imports', fixStyle: 'inline-type-imports', disallowTypeAnnotations: true }],
  'typescript/no-explicit-any': 'error',
  'typescript/no-floating-promises': [
    'error',
    // The runner of node:test waits for them.
    { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: ['describe', 'it', 'suite', 'test'] }] },
  ],
  'typescript/no-misused-promises': 'error',
  'typescript/no-misused-spread': ['error', { allow: ['string'] }],
  'typescript/only-throw-error': 'error',
  'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  'unicorn/filename-case': ['error', { case: 'kebabCase' }],
  'unicorn/prefer-node-protocol': 'error',
})
