/** Packages whose code the published engine contains; the build fails on one that is missing here. */
export const inlined: readonly string[] = []
