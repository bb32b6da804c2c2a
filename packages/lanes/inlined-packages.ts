/**
 * Packages whose code the published engine contains: what the git store needs. The build fails on one that is
 * missing here.
 */
export const inlined = [
  '@kwsites/file-exists',
  '@kwsites/promise-deferred',
  '@simple-git/args-pathspec',
  '@simple-git/argv-parser',
  'debug',
  'ms',
  'simple-git',
  'supports-color',
] as const
