const PLANTED = `
  exports.initTUF = async () => ({
    getTarget: async () => { throw Object.assign(new Error('no target'), { code: 'TUF_FIND_TARGET_ERROR' }) },
  })`

const HOOKS = `
  import { registerHooks } from 'node:module'
  registerHooks({
    load: (url, context, next) =>
      /[/]@sigstore[/]tuf[/]dist[/]index[.]js$/.test(url) ? { format: 'commonjs', source: ${JSON.stringify(PLANTED)}, shortCircuit: true } : next(url, context),
  })`

/**
 * As if the repository of keys that npm asks first, which is on the internet, were reached and had none for the registry of a test: npm then takes the keys
 * that the registry itself lists.
 */
export const NO_SIGSTORE = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(HOOKS)}` } as const
