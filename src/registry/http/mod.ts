export { type HttpOptions, openHttpClient } from './open-http-client.ts'
