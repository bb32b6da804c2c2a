import type { Schema, SchemaObject } from '@conduct/planner'

/**
 * A schema of MySQL in the words of a dump of Rails, which has fewer than the server: what a dump cannot tell apart is the same here.
 */
export function asDumpedByMysql(schema: Schema): Schema {
  const objects = [...schema.objects].map(
    ([key, object]) => [key, object === null ? null : { ...object, value: valueOf(object) }] as const,
  )
  return { ...schema, objects: new Map(objects) }
}

function valueOf({ kind, value }: SchemaObject): SchemaObject['value'] {
  if (kind === 'constraint' && value['constraint'] === 'foreign_key')
    return { ...value, actions: actionsOf(String(value['actions'])) }
  // What follows the columns of a table are options.
  if (kind === 'table') return {}
  if (kind !== 'column') return value
  const { type, default: given, generated, more } = value
  const isGenerated = generated === 'stored' || generated === 'virtual'
  return {
    ...value,
    type: typeOf(String(type)),
    default: typeof given === 'string' ? defaultOf(given) : given,
    generated: isGenerated ? generated : undefined,
    more: isGenerated ? more : collationOf(more),
  }
}

/** Without widths that only pad; characters are strings, and bytes are told by their size. */
function typeOf(type: string): string {
  const [, name = type, sizes, rest = ''] = /^(\w+)(?:\(([\d, ]+)\))?(.*)$/.exec(type) ?? []
  const suffix = /unsigned|zerofill/.test(rest) ? ' unsigned' : ''
  switch (name) {
    case 'tinyint':
      return sizes === '1' ? 'tinyint(1)' : `tinyint${suffix}`
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
    case 'float':
    case 'double':
      return `${name}${suffix}`
    case 'decimal': {
      const [precision = '10', scale = '0'] = sizes?.split(/, */) ?? []
      return `decimal(${precision}${scale === '0' ? '' : `,${scale}`})${suffix}`
    }
    case 'char':
      return `varchar(${sizes ?? 1})`
    case 'binary':
    case 'varbinary':
      return Number(sizes ?? 1) <= 255 ? 'tinyblob' : 'blob'
    case 'datetime':
    case 'timestamp':
    case 'time':
      return sizes === undefined || sizes === '0' ? name : `${name}(${sizes})`
    default:
      return type
  }
}

const nowPattern = /SVFOP_CURRENT_TIMESTAMP|^(?:current_timestamp|now)\b|"value":"(?:CURRENT_TIMESTAMP|NOW)"/i

/** The time of now has several names, and one that MariaDB writes back. */
function defaultOf(text: string): string {
  if (!nowPattern.test(text)) return text
  return `CURRENT_TIMESTAMP${/on update/i.test(text) ? ' ON UPDATE' : ''}`
}

/** The reader of MySQL gives what it knows of a column beside its type as one text. */
function collationOf(more: unknown): unknown {
  const text = typeof more === 'string' ? more : ''
  return text.startsWith('{') ? /"collate":\{"name":"(\w+)"/.exec(text)?.[1] : more
}

const letters: Readonly<Record<string, string>> = {
  cascade: 'c',
  'set null': 'n',
  restrict: 'r',
  'set default': 'd',
}

/** In the letters that Rails' own keys are read in: on update, on delete, how it matches. */
function actionsOf(said: string): string {
  if (said !== '' && !said.startsWith('[')) return said
  const letter = (event: string): string => {
    const [, action = ''] =
      new RegExp(`"type":"${event}","value":\\{"type":"origin","value":"([a-z ]+)"`).exec(said) ?? []
    return letters[action] ?? 'a'
  }
  return `${letter('on update')}${letter('on delete')}s`
}
