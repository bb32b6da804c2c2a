/** Not built yet. */
export type Nothing = never
