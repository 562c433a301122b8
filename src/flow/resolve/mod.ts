export { pickRelease } from './pick-release.ts'
export { chooseIdentity, type Claims } from './choose-identity.ts'
