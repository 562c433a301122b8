export { openKeystore } from './open-keystore.ts'
export { openNetworkFile, readSecretFile } from './network-file.ts'
export { systemClock, systemRandom } from './system-clock.ts'
