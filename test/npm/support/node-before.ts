import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ggen, type NodeOptions, type RunningNode, startNode } from '#testing'
import type { StubUpstream } from './stub-upstream.ts'

/** Starts a node, as a process of its own, whose user's npm is configured with this upstream. Its home folder is made where it is not there yet. */
export const nodeBefore = async (
  home: string, upstream: StubUpstream, { env, ...more }: Pick<NodeOptions, 'bootstrap' | 'more' | 'env'> = {},
): Promise<RunningNode> => {
  await mkdir(home, { mode: 0o700, recursive: true })
  const npmrc = join(home, 'npmrc')
  await writeFile(npmrc, `registry=${upstream.url}\n`)
  return await startNode({ home, ...more, env: { ...env, npm_config_userconfig: npmrc } })
}

/** Where its door is. */
export const doorOf = async ({ home }: RunningNode): Promise<string> => (await ggen(home, 'npm', '--json')).json<{ readonly url: string }>().url
