import { generateJsonSchema } from '@conduct/config'

/** The parts of JSON Schema that the schema of lanes.yaml uses. */
interface SchemaNode {
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
}

/** Every key of lanes.yaml, from the schema that also checks it. */
export function lanesYamlPage(): string {
  const schema = generateJsonSchema() as SchemaNode
  const sections = Object.entries(schema.properties ?? {}).map(([key, node]) => {
    const rows = rowsOf(node, key, schema.required?.includes(key) === true)
    return [`## ${key}`, '', '| key | value | meaning |', '|---|---|---|', ...rows, ''].join('\n')
  })
  return [
    '# lanes.yaml',
    '',
    'Durations carry a unit (`90s`, `15m`, `4h`). Unknown keys are errors. `<name>` stands for a name of your own, `[]` for each entry of a list. A **command** is a text (split into words, no shell), `{ argv: […] }` or `{ shell: "…" }`. `conduct check --effective` prints a file with every default filled in.',
    '',
    ...sections,
  ].join('\n')
}

function rowsOf(node: SchemaNode, path: string, isRequired: boolean): readonly string[] {
  const need = isRequired ? '**required** ' : ''
  const row = `| \`${path}\` | ${need}${cell(valueOf(node))} | ${cell(node.description ?? '')} |`
  return isCommand(node) || isCommandList(node) ? [row] : [row, ...childRows(node, path)]
}

function childRows(node: SchemaNode, path: string): readonly string[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    rowsOf(child, `${path}.${key}`, node.required?.includes(key) === true),
  )
  const named =
    typeof node.additionalProperties === 'object' ? childRows(node.additionalProperties, `${path}.<name>`) : []
  const items = node.items === undefined ? [] : childRows(node.items, `${path}[]`)
  const alternatives = (node.anyOf ?? []).flatMap((alternative) => childRows(alternative, path))
  return [...own, ...named, ...items, ...alternatives]
}

function valueOf(node: SchemaNode): string {
  if (node.const !== undefined) return code(node.const)
  if (node.enum !== undefined) return node.enum.map(code).join(', ')
  if (isCommand(node)) return 'command'
  if (isCommandList(node)) return 'command, or a list of them'
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(valueOf))].join(', or ')
  switch (node.type) {
    case 'array':
      return node.items === undefined ? 'list' : `list of ${valueOf(node.items)}`
    case 'object':
      return typeof node.additionalProperties === 'object' ? 'map by name' : 'map'
    case 'string':
      return 'text'
    case 'boolean':
      return '`true`, `false`'
    case 'integer':
    case 'number':
      return 'number'
    case undefined:
      return ''
    default:
      return node.type
  }
}

/** A command is offered as text, argv or shell; the page says the word instead of the three shapes. */
function isCommand(node: SchemaNode): boolean {
  return node.anyOf?.some(({ properties }) => properties?.['shell'] !== undefined) === true
}

function isCommandList(node: SchemaNode): boolean {
  return node.anyOf?.some(({ items }) => items !== undefined && isCommand(items)) === true
}

function code(value: unknown): string {
  return `\`${String(value)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')
}
