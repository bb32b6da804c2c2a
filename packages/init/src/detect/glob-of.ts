/**
 * A pattern that matches a path as it is written: what means something in patterns, and what nobody should meet in a
 * file of theirs, is any one character.
 */
export function globOf(path: string): string {
  return path.replaceAll(/[^\p{L}\p{N}\p{M} ._/@+=~-]/gu, '?').replace(/^ |(?<=\/) | (?=\/|$)/g, '?')
}
