import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

/** The folder of the repository under test. */
export const REPOSITORY = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Writes files into a fresh folder that is removed after the test; returns the folder. */
export const plant = (context: Pick<TestContext, 'after'>, files: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'ggen-house-'))
  context.after(() => rmSync(root, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}
