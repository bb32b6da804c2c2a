const needsNoQuotes = /^[\w.,:/@%+=-]+$/

/** A command as a person types it into a shell. */
export function showArgv(argv: readonly string[]): string {
  return argv
    .map((word) => (needsNoQuotes.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
}
