import type { OperationBody } from '../../model/operation.ts'
import { columnsNamed, nameOf, normalText, relationName, stringsOf, textOf, type Fields } from './ast.ts'
import { expressionText } from './expression.ts'

interface Where {
  readonly table: string
  /** The column whose definition holds it. */
  readonly column?: string
}

const plainKinds: Readonly<Record<string, 'primary_key' | 'unique' | 'check' | 'exclusion' | 'not_null'>> = {
  CONSTR_PRIMARY: 'primary_key',
  CONSTR_UNIQUE: 'unique',
  CONSTR_CHECK: 'check',
  CONSTR_EXCLUSION: 'exclusion',
  CONSTR_NOTNULL: 'not_null',
}

/** @returns null for what is no constraint of its own: a default, NULL, an attribute of the constraint before it. */
export function readConstraint(constraint: Fields, { table, column }: Where): OperationBody | null {
  const contype = textOf(constraint['contype'])
  const name = nameOf(constraint['conname'])
  const named = name === undefined ? {} : { name }
  const isValidated = constraint['skip_validation'] !== true
  if (contype === 'CONSTR_FOREIGN') {
    return {
      kind: 'add_foreign_key',
      table,
      ...named,
      columns: column === undefined ? stringsOf(constraint['fk_attrs']) : [column],
      references: relationName(constraint['pktable']),
      referencedColumns: stringsOf(constraint['pk_attrs']),
      actions: [
        ...['fk_upd_action', 'fk_del_action', 'fk_matchtype'].map((key) => textOf(constraint[key])),
        constraint['deferrable'] === true ? ' deferrable' : '',
        constraint['initdeferred'] === true ? ' deferred' : '',
      ].join(''),
      isValidated,
      isInline: column !== undefined,
    }
  }
  const kind = plainKinds[contype]
  if (kind === undefined) return null
  const options = optionsOf(constraint)
  const usingIndex = nameOf(constraint['indexname'])
  const expression = constraint['raw_expr'] ?? constraint['exclusions']
  const keys = stringsOf(constraint['keys'])
  const columns = column === undefined ? [...keys, ...columnsNamed(expression)] : [column]
  return {
    kind: 'add_constraint',
    table,
    constraint: kind,
    ...named,
    columns,
    ...(expression === undefined ? {} : { expression: expressionText(expression) }),
    isValidated,
    ...(usingIndex === undefined ? {} : { usingIndex }),
    ...(options === undefined ? {} : { options }),
  }
}

const optionKeys = [
  'deferrable',
  'initdeferred',
  'is_no_inherit',
  'including',
  'nulls_not_distinct',
  'options',
  'where_clause',
  'access_method',
  'without_overlaps',
]

function optionsOf(constraint: Fields): string | undefined {
  const said = optionKeys.flatMap((key) => (constraint[key] === undefined ? [] : [[key, constraint[key]]]))
  return said.length === 0 ? undefined : normalText(said)
}
