declare const brand: unique symbol

/** A value of `T` that passed the one parser for `Name`: it can only be valid. Cost at run time: none. */
export type Brand<T, Name extends string> = T & { readonly [brand]: { readonly [key in Name]: true } }
