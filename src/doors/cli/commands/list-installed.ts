import { resolve } from 'node:path'
import type { Run } from './context.ts'

/** `ggen list`: what is installed in a folder. Needs no node. */
export const listInstalled =
  (folder: string): Run =>
  async ({ world, environment }) => ({
    kind: 'listed',
    value: { packages: await world.listInstalled(resolve(environment.platform.workingFolder, folder)) },
  })
