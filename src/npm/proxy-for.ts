import type { ValueOf } from './credentials.ts'
import type { NpmVariables } from './npmrc.ts'
import { Secret } from './secret.ts'

const variable = (variables: NpmVariables, name: string): string | undefined => {
  const text = variables[name.toLowerCase()] ?? variables[name.toUpperCase()]
  return text === '' ? undefined : text
}

/** Whether a host or one of the domains that it lies in is named; `*` names all. */
const isNamed = (hostname: string, names: string): boolean => {
  const labels = hostname.split('.').toReversed()
  return names.split(',').map((name) => name.trim()).some((name) => {
    const wanted = name.split('.').filter((label) => label !== '').toReversed()
    return name === '*' || (wanted.length > 0 && wanted.every((label, index) => label === labels[index]))
  })
}

/** Through which proxy npm would go to an address: `https-proxy` or `proxy`, else the usual variables, unless `noproxy` or `NO_PROXY` names the host. */
export const proxyAt = (address: string, valueOf: ValueOf, variables: NpmVariables): Secret | undefined => {
  const url = URL.parse(address)
  if (url === null) return undefined
  const usual = url.protocol === 'https:' ? ['https_proxy'] : ['https_proxy', 'http_proxy', 'proxy']
  const proxy = valueOf('https-proxy') ?? valueOf('proxy') ?? usual.map((name) => variable(variables, name)).find((text) => text !== undefined)
  const exempt = valueOf('noproxy') ?? variable(variables, 'no_proxy') ?? ''
  return proxy === undefined || proxy === 'false' || isNamed(url.hostname, exempt) ? undefined : new Secret(proxy)
}
