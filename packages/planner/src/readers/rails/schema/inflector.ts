/** English plurals as Rails forms them where an app has taught it no others. */

const uncountable = new Set([
  'equipment',
  'information',
  'rice',
  'money',
  'species',
  'series',
  'fish',
  'sheep',
  'jeans',
  'police',
])

const irregular: readonly (readonly [string, string])[] = [
  ['person', 'people'],
  ['man', 'men'],
  ['child', 'children'],
  ['sex', 'sexes'],
  ['move', 'moves'],
  ['zombie', 'zombies'],
]

type Rule = readonly [RegExp, string]

const toPlural: readonly Rule[] = [
  [/(quiz)$/i, '$1zes'],
  [/^(oxen)$/i, '$1'],
  [/^(ox)$/i, '$1en'],
  [/^([ml])ice$/i, '$1ice'],
  [/^([ml])ouse$/i, '$1ice'],
  [/(matr|vert|ind)(?:ix|ex)$/i, '$1ices'],
  [/(x|ch|ss|sh)$/i, '$1es'],
  [/([^aeiouy]|qu)y$/i, '$1ies'],
  [/(hive)$/i, '$1s'],
  [/(?:([^f])fe|([lr])f)$/i, '$1$2ves'],
  [/sis$/i, 'ses'],
  [/([ti])a$/i, '$1a'],
  [/([ti])um$/i, '$1a'],
  [/(buffal|tomat)o$/i, '$1oes'],
  [/(bu)s$/i, '$1ses'],
  [/(alias|status)$/i, '$1es'],
  [/(octop|vir)i$/i, '$1i'],
  [/(octop|vir)us$/i, '$1i'],
  [/^(ax|test)is$/i, '$1es'],
  [/s$/i, 's'],
  [/$/, 's'],
]

const toSingular: readonly Rule[] = [
  [/(database)s$/i, '$1'],
  [/(quiz)zes$/i, '$1'],
  [/(matr)ices$/i, '$1ix'],
  [/(vert|ind)ices$/i, '$1ex'],
  [/^(ox)en/i, '$1'],
  [/(alias|status)(?:es)?$/i, '$1'],
  [/(octop|vir)(?:us|i)$/i, '$1us'],
  [/^(a)x[ie]s$/i, '$1xis'],
  [/(cris|test)(?:is|es)$/i, '$1is'],
  [/(shoe)s$/i, '$1'],
  [/(o)es$/i, '$1'],
  [/(bus)(?:es)?$/i, '$1'],
  [/^([ml])ice$/i, '$1ouse'],
  [/(x|ch|ss|sh)es$/i, '$1'],
  [/(m)ovies$/i, '$1ovie'],
  [/(s)eries$/i, '$1eries'],
  [/([^aeiouy]|qu)ies$/i, '$1y'],
  [/([lr])ves$/i, '$1f'],
  [/(tive)s$/i, '$1'],
  [/(hive)s$/i, '$1'],
  [/([^f])ves$/i, '$1fe'],
  [/(^analy)(?:sis|ses)$/i, '$1sis'],
  [/((?:a)naly|(?:b)a|(?:d)iagno|(?:p)arenthe|(?:p)rogno|(?:s)ynop|(?:t)he)(?:sis|ses)$/i, '$1sis'],
  [/([ti])a$/i, '$1um'],
  [/(n)ews$/i, '$1ews'],
  [/(ss)$/i, '$1'],
  [/s$/i, ''],
]

export function pluralize(word: string): string {
  return inflect(word, toPlural, irregular)
}

export function singularize(word: string): string {
  return inflect(
    word,
    toSingular,
    irregular.map(([one, many]) => [many, one] as const),
  )
}

/** Only the last part of `old_order_items` changes. */
function inflect(
  word: string,
  rules: readonly Rule[],
  pairs: readonly (readonly [string, string])[],
): string {
  if (word === '') return word
  const [, before = '', last = word] = /^(.*[^a-z])?([a-z]+)$/i.exec(word) ?? []
  if (uncountable.has(last.toLowerCase())) return word
  for (const [from, to] of pairs) {
    if (last.toLowerCase() === to) return word
    if (last.toLowerCase().endsWith(from)) return `${before}${last.slice(0, last.length - from.length)}${to}`
  }
  const rule = rules.find(([pattern]) => pattern.test(last))
  return rule === undefined ? word : `${before}${last.replace(rule[0], rule[1])}`
}

/** `Spree::LineItem` → `spree/line_item`. */
export function underscore(name: string): string {
  return name
    .replaceAll('::', '/')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toLowerCase()
}

/** The table of a model, unless the model says another; of one in a module any, since the module may put a prefix before it. */
export function tableOfModel(name: string): string {
  return name.includes('::') ? '*' : pluralize(underscore(name))
}
