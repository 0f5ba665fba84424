// Nominal types: a `Brand<string, 'Username'>` is a string that somebody has checked.

declare const brand: unique symbol;

/** `T`, told apart from other `T`s at compile time. It costs nothing when the program runs. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
