import { Command } from 'commander'
import { type OnChoice, share } from './options.ts'

const QUICK_SECONDS = 30
const HASH_SECONDS = 3600

/** `cache stats|clear|verify` */
export const cacheCommand = (choose: OnChoice): Command => {
  const stats = new Command('stats').description('show how much the node holds, and how much of it stays')
  share(stats, 'ggen cache stats', QUICK_SECONDS).action(() => {
    choose(stats, async (context) => (await import('./commands/look-after-cache.ts')).showCache()(context))
  })
  const clear = new Command('clear').description('drop everything that is neither pinned nor published from here').option('--yes', 'do not ask')
  share(clear, 'ggen cache clear', QUICK_SECONDS).action(({ yes }: { readonly yes?: boolean }) => {
    choose(clear, async (context) => (await import('./commands/look-after-cache.ts')).clearCache(yes === undefined ? {} : { yes })(context))
  })
  const verify = new Command('verify').description('hash everything again, and drop what the disk has damaged')
  share(verify, 'ggen cache verify', HASH_SECONDS).action(() => {
    choose(verify, async (context) => (await import('./commands/look-after-cache.ts')).checkCache()(context))
  })
  const cache = new Command('cache').description('look after the bytes that the node holds').addHelpText('after', '\nExample:\n  $ ggen cache stats')
  for (const command of [stats, clear, verify]) cache.addCommand(command)
  return cache
}
