import { checkDocuments } from './check-documents.ts'
import { checkFrontDoors } from './check-front-doors.ts'
import { checkLayers } from './check-layers.ts'
import { checkLinks } from './check-links.ts'
import { checkNames } from './check-names.ts'
import { checkPackages } from './check-packages.ts'
import { checkPurity } from './check-purity.ts'
import { checkSize } from './check-size.ts'
import { checkSleeps } from './check-sleeps.ts'
import { checkSuppressions } from './check-suppressions.ts'
import { checkSwallowed } from './check-swallowed.ts'
import { checkTestsBeside } from './check-tests-beside.ts'
import { checkWording } from './check-wording.ts'
import type { Check } from './tree.ts'

/** Every check by the name that its findings carry. */
export const CHECKS: Readonly<Record<string, Check>> = {
  size: checkSize,
  names: checkNames,
  'front-doors': checkFrontDoors,
  layers: checkLayers,
  packages: checkPackages,
  purity: checkPurity,
  'tests-beside': checkTestsBeside,
  sleeps: checkSleeps,
  wording: checkWording,
  swallowed: checkSwallowed,
  suppressions: checkSuppressions,
  links: checkLinks,
  documents: checkDocuments,
}
