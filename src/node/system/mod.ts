export { openKeystore } from './open-keystore.ts'
export { systemClock, systemRandom } from './system-clock.ts'
