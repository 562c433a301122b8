import type { Config } from '#config'
import type { GgenError } from '#core'
import type { CheckRow } from './commands/check-row.ts'

/** Whether the configuration can be read, and has an effect. */
export const checkConfig = (config: Pick<Config, 'remarks'> | { readonly error: GgenError }): readonly CheckRow[] => {
  if ('error' in config) return [{ check: 'config', state: 'fail', finding: config.error.message, advice: config.error.hint }]
  if (config.remarks.length === 0) return [{ check: 'config', state: 'ok', finding: 'everything that is configured can be right' }]
  return config.remarks.map((remark) => ({ check: 'config', state: 'warn', finding: remark, advice: 'correct it in config.toml, or leave it out' }))
}
