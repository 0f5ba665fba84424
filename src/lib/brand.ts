// Nominal types: a `Brand<string, 'Username'>` is a string that somebody has checked.

declare const brand: unique symbol;

/** `T` that the compiler keeps apart from other `T`s. It costs nothing at run time. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
