export { type Admission, Admissions, type Admit, type OpenAll, requireMembership } from './admit-op.ts'
export { indexPackage, newestAcceptable } from './index-package.ts'
export { createViews, type PackageViews } from './package-views.ts'
export { verifyArchive, type VerifiedRelease } from './verify-archive.ts'
