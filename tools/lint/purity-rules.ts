import type { DummyRuleMap } from 'oxlint'

interface Ban {
  readonly names: readonly string[]
  readonly instead: string
}

const GLOBALS: readonly Ban[] = [
  { names: ['setTimeout', 'setInterval', 'setImmediate', 'performance'], instead: 'use the Clock that is passed in' },
  { names: ['process', 'require', 'navigator'], instead: 'main and config read the surroundings and pass values' },
  { names: ['crypto'], instead: 'use synchronous node:crypto, and the Random that is passed in' },
  { names: ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'BroadcastChannel', 'Worker'], instead: 'use the port that is passed in' },
  { names: ['FinalizationRegistry', 'WeakRef'], instead: 'dispose things explicitly: the garbage collector runs when it likes' },
  { names: ['globalThis', 'global', 'window', 'self'], instead: 'name the thing itself, so that the other bans can see it' },
]

const PROPERTIES: readonly (readonly [object: string, property: string, instead: string])[] = [
  ['Date', 'now', 'use the Clock that is passed in'],
  ['Math', 'random', 'use the Random that is passed in'],
  ['AbortSignal', 'timeout', 'use the Clock that is passed in'],
]

/** Everything outside the edges runs the same way twice: no clock, no randomness, no timers, no surroundings of its own. */
export const purityRules = (): DummyRuleMap => ({
  'no-restricted-globals': ['error', ...GLOBALS.flatMap(({ names, instead }) => names.map((name) => ({ name, message: instead })))],
  'no-restricted-properties': [
    'error',
    ...PROPERTIES.map(([object, property, message]) => ({ object, property, message })),
    { property: 'subtle', message: 'use synchronous node:crypto' },
  ],
})
