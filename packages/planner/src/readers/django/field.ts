import type { DefaultValue } from '../../model/operation.ts'
import type { PyValue, CallValue } from './python/value.ts'
import { numberIn, textIn, truthIn } from './python/value.ts'
import { mysqlTypes } from './mysql-types.ts'
import type { DjangoState } from './state.ts'

export interface Relation {
  /** `app.model` */
  readonly to: string
  readonly table: string
  readonly column: string
  /** Whether the other table, and the column of its key, are named in what was read. */
  readonly isKnown: boolean
  readonly isConstrained: boolean
}

export interface DjangoField {
  readonly kind: 'column' | 'many_to_many' | 'nothing'
  readonly column: string
  readonly type: string
  /** False for a class of field that is not Django's own, or whose arguments are not known. */
  readonly isKnown: boolean
  readonly nullable: boolean
  readonly isPrimary: boolean
  readonly isUnique: boolean
  readonly isIndexed: boolean
  readonly isIdentity: boolean
  readonly isPositive: boolean
  /** What it is generated from. */
  readonly isGenerated: boolean
  /** Kept by the database. */
  readonly databaseDefault: DefaultValue | null
  /** Given to the rows that are there, and not kept. */
  readonly hasDefault: boolean
  readonly relation?: Relation
  readonly comment?: string
  /** Of many to many: the table between, null for one that another model makes. */
  readonly through?: string | null
}

/** The types of Postgres, as the reader of SQL spells them. */
const types: Readonly<Record<string, string>> = {
  AutoField: 'integer',
  BigAutoField: 'bigint',
  SmallAutoField: 'smallint',
  BigIntegerField: 'bigint',
  BinaryField: 'bytea',
  BooleanField: 'boolean',
  NullBooleanField: 'boolean',
  CharField: 'varchar',
  CommaSeparatedIntegerField: 'varchar',
  DateField: 'date',
  DateTimeField: 'timestamptz',
  DurationField: 'interval',
  EmailField: 'varchar',
  FileField: 'varchar',
  FilePathField: 'varchar',
  FloatField: 'float8',
  GenericIPAddressField: 'inet',
  IPAddressField: 'inet',
  ImageField: 'varchar',
  IntegerField: 'integer',
  JSONField: 'jsonb',
  PositiveBigIntegerField: 'bigint',
  PositiveIntegerField: 'integer',
  PositiveSmallIntegerField: 'smallint',
  SlugField: 'varchar',
  SmallIntegerField: 'smallint',
  TextField: 'text',
  TimeField: 'time',
  URLField: 'varchar',
  UUIDField: 'uuid',
  HStoreField: 'hstore',
  CITextField: 'citext',
  CIEmailField: 'citext',
  CICharField: 'citext',
  SearchVectorField: 'tsvector',
  IntegerRangeField: 'int4range',
  BigIntegerRangeField: 'int8range',
  DecimalRangeField: 'numrange',
  DateRangeField: 'daterange',
  DateTimeRangeField: 'tstzrange',
}

const lengths: Readonly<Record<string, number>> = {
  EmailField: 254,
  FileField: 100,
  ImageField: 100,
  FilePathField: 100,
  SlugField: 50,
  URLField: 200,
}

const ownFields = /^django\.(db\.models|contrib\.postgres)\b/

interface Where {
  readonly name: string
  readonly app: string
  readonly model: string
  readonly state: DjangoState
}

/** @returns null for what is no field that is made in plain words. */
export function readField(value: PyValue, where: Where): DjangoField | null {
  if (value.type !== 'call') return null
  const kind = value.path.split('.').at(-1) ?? ''
  const isOwn = ownFields.test(value.path)
  const { named } = value
  const isUnsure = value.isOpen || !isOwn
  const plain = plainField(value, where, isUnsure)
  if (kind === 'GenericForeignKey' || kind === 'GenericRelation') return { ...plain, kind: 'nothing' }
  if (isOwn && (kind === 'ForeignKey' || kind === 'OneToOneField'))
    return foreignKey(value, where, plain, kind)
  if (isOwn && kind === 'ManyToManyField') {
    const through = named.get('through')
    const table = textIn(named.get('db_table'))
    return {
      ...plain,
      kind: 'many_to_many',
      through: through === undefined || through.type === 'none' ? (table ?? '') : null,
      relation: relationTo(value, where),
    }
  }
  const type = isOwn ? typeOf(value, kind, where) : null
  if (kind === 'GeneratedField') {
    const output = named.get('output_field')
    const inner = output?.type === 'call' ? readField(output, where) : null
    return { ...plain, type: inner?.type ?? '?', isKnown: inner?.isKnown === true, isGenerated: true }
  }
  return { ...plain, type: type ?? '?', isKnown: plain.isKnown && type !== null }
}

function plainField(value: CallValue, { name, state }: Where, isUnsure: boolean): DjangoField {
  const { named } = value
  const kind = value.path.split('.').at(-1) ?? ''
  const flag = (key: string): boolean => truthIn(named.get(key)) !== false && named.has(key)
  const comment = textIn(named.get('db_comment'))
  const isPrimary = flag('primary_key')
  const unknownFlags = ['null', 'unique', 'db_index', 'primary_key'].some(
    (key) => named.has(key) && truthIn(named.get(key)) === null,
  )
  return {
    kind: 'column',
    column: textIn(named.get('db_column')) ?? name,
    type: '?',
    isKnown: !isUnsure && !unknownFlags,
    nullable: flag('null') || kind === 'NullBooleanField',
    isPrimary,
    isUnique: flag('unique') && !isPrimary,
    isIndexed:
      (kind === 'SlugField'
        ? truthIn(named.get('db_index')) !== false || !named.has('db_index')
        : flag('db_index')) &&
      !flag('unique') &&
      !isPrimary,
    isIdentity: /^(Big|Small)?AutoField$/.test(kind),
    // MySQL has types without a sign.
    isPositive: kind.startsWith('Positive') && state.engine !== 'mysql',
    isGenerated: false,
    databaseDefault: defaultIn(named.get('db_default')),
    hasDefault: named.has('default'),
    ...(comment === null ? {} : { comment }),
  }
}

function defaultIn(value: PyValue | undefined): DefaultValue | null {
  switch (value?.type) {
    case undefined:
    case 'none':
      return null
    case 'text':
      return { volatility: 'constant', text: `'${value.text}'` }
    case 'number':
      return { volatility: 'constant', text: String(value.number) }
    case 'boolean':
      return { volatility: 'constant', text: String(value.isTrue) }
    case 'list':
    case 'dict':
    case 'call':
    case 'path':
    case 'unknown':
      return { volatility: 'unknown', text: '?' }
    default:
      return value satisfies never
  }
}

function typeOf(value: CallValue, kind: string, where: Where): string | null {
  const { named, args } = value
  if (kind === 'DecimalField') {
    const digits = numberIn(named.get('max_digits') ?? args[0])
    const places = numberIn(named.get('decimal_places') ?? args[1])
    const name = where.state.engine === 'mysql' ? 'decimal' : 'numeric'
    return digits === null ? null : `${name}(${digits},${places ?? 0})`
  }
  if (kind === 'ArrayField') {
    const base = named.get('base_field') ?? args[0]
    const inner = base === undefined ? null : readField(base, where)
    return inner?.isKnown === true ? `${inner.type}[]` : null
  }
  const type = (where.state.engine === 'mysql' ? mysqlTypes : types)[kind]
  if (type !== 'varchar') return type ?? null
  const given = named.get('max_length')
  // Without a length Postgres takes any, since Django 4.2.
  if (given === undefined || given.type === 'none')
    return lengths[kind] === undefined ? 'varchar' : `varchar(${lengths[kind]})`
  const length = numberIn(given)
  return length === null ? null : `varchar(${length})`
}

function foreignKey(value: CallValue, where: Where, plain: DjangoField, kind: string): DjangoField {
  const { named } = value
  const relation = relationTo(value, where)
  const key = where.state.keyOf(relation.to)
  const isConstrained = !(named.has('db_constraint') && truthIn(named.get('db_constraint')) === false)
  const isOne = kind === 'OneToOneField' || plain.isUnique
  const isIndexed = !isOne && !(named.has('db_index') && truthIn(named.get('db_index')) === false)
  return {
    ...plain,
    column: textIn(named.get('db_column')) ?? `${where.name}_id`,
    type: key?.type ?? 'bigint',
    isKnown: plain.isKnown && relation.isKnown,
    isUnique: isOne && !plain.isPrimary,
    // The foreign key brings its index along on MySQL.
    isIndexed: isIndexed && !plain.isPrimary && !(isConstrained && where.state.engine === 'mysql'),
    relation: { ...relation, isConstrained },
  }
}

function relationTo({ named, args }: CallValue, { app, model, state }: Where): Relation {
  const given = named.get('to') ?? args[0]
  const written = textIn(given)
  const setting = given?.type === 'path' ? given.path.split('.').at(-1) : undefined
  const swapped = setting === undefined ? undefined : (state.swappable.get(setting) ?? 'auth.user')
  const to = written === null ? (swapped ?? '?.?') : state.resolve(written, app, model)
  const { table, isKnown } = state.tableOf(to)
  const key = state.keyOf(to)
  const field = textIn(named.get('to_field'))
  const column = field === null ? key?.column : (state.models.get(to)?.fields.get(field)?.column ?? field)
  return { to, table, column: column ?? 'id', isKnown: isKnown && key !== null, isConstrained: true }
}
