import { groupInstalls } from './group-installs.ts'
import type { Run } from './context.ts'

/** `ggen npm`: where package managers ask this node. What they show there is nobody's business but theirs. */
export const showNpm = (): Run => async ({ client, deadline: { signal } }) => {
  const { token: _, ...value } = await client.npm(signal)
  return { kind: 'npm', value }
}

/** `ggen npm probe NAME[@RANGE]`: where a package would come from, and why. */
export const probeNpm = (spec: string): Run => async ({ client, deadline: { signal } }) => ({ kind: 'npm-probe', value: await client.npmProbe(spec, signal) })

/** `ggen npm token`: what a client shows that changes something. */
export const showNpmToken = (): Run => async ({ client, deadline: { signal } }) => ({ kind: 'npm-token', value: { token: (await client.npm(signal)).token } })

/** `ggen npm report`: what each install got from where, since so many milliseconds ago. */
export const reportNpm = (agoMs: number): Run => async ({ client, deadline: { signal } }) => {
  const { served } = await client.npmServed(agoMs, signal)
  return { kind: 'npm-report', value: { served, installs: groupInstalls(served) } }
}
