import { GgenError, type Op } from '#core'
import type { Catalogue } from '#store'
import { reopenOp } from '#trust'
import type { Admission } from './admit-op.ts'
import { objectionTo } from './judge-op.ts'

/** For callers that made the op themselves: anything but membership is a defect of theirs or a refusal the user must see. */
export const requireMembership = (admission: Admission): Op => {
  if (admission.outcome === 'added' || admission.outcome === 'known') return admission.op
  throw refusal(admission.outcome === 'refused' ? admission.reason : admission.outcome)
}

/** Throws `denied` or `op-invalid` for an op of our own that would not be admitted, before anything is made of it. */
export const requireAdmissible = (op: Op, catalogue: Catalogue): void => {
  const objection = objectionTo(op, (id) => {
    const bytes = catalogue.opBytes(id)
    return bytes === undefined ? undefined : reopenOp(bytes)
  })
  if (objection !== undefined) throw refusal(objection.outcome === 'refused' ? objection.reason : objection.outcome)
}

const refusal = (reason: string): GgenError =>
  reason === 'unauthorised'
    ? new GgenError('denied', 'the keys that signed this may not say it, or not alone')
    : new GgenError('op-invalid', `our own record was not accepted: ${reason}`)
