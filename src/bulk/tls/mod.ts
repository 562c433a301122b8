export { openTlsChannel, type TlsOptions } from './open-tls-channel.ts'
