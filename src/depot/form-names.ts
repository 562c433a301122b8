/** The form of a document that says which bytes the versions are. */
export const INDEX = 'index'
/** The form that the registry sent. */
export const UNCHANGED = 'upstream'
