import { BlockList, isIP } from 'node:net'
import { GgenError } from '#core'

const PREFIX = /^([^/]+)\/(\d{1,3})$/

/** Reads which addresses, or `address/bits`, are our own proxies. Throws `config-invalid`. */
export const readProxies = (texts: readonly string[]): ((address: string) => boolean) => {
  const list = new BlockList()
  for (const text of texts) {
    const [, base = text, bits] = PREFIX.exec(text) ?? []
    const family = isIP(base)
    if (family === 0 || Number(bits ?? 0) > (family === 4 ? 32 : 128)) {
      throw new GgenError('config-invalid', `not an IP address or a prefix of some: ${JSON.stringify(text.slice(0, 60))}`, {
        hint: 'proxies look like 10.0.0.7, 10.0.0.0/8 or fd00::/8',
      })
    }
    const type = family === 4 ? 'ipv4' : 'ipv6'
    if (bits === undefined) list.addAddress(base, type)
    else list.addSubnet(base, Number(bits), type)
  }
  return (address) => {
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6')
  }
}
