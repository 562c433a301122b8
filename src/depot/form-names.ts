/** The form of a document that says which bytes the versions are. */
export const INDEX = 'index'
/** The form that says what its registry signed of the versions: told to peers. */
export const PROOFS = 'proofs'
/** The form that the registry sent. */
export const UNCHANGED = 'upstream'
