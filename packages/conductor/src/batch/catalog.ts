/**
 * One text per fact of a schema and per row of its tables, in an order of its own: two databases that reached the same schema
 * give the same texts, whatever the order in which columns and objects came. Object ids and positions of columns are left out.
 */
const ours = `n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'`

const facts: readonly string[] = [
  `select 'schema ' || n.nspname from pg_namespace n where ${ours}`,
  `select format('relation %s %s %s %s %s %s %s', c.oid::regclass, c.relkind, c.relpersistence, c.reloptions,
      c.relrowsecurity, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid))
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours} and c.relkind <> 'c'`,
  `select format('column %s.%s %s %s %s %s %s %s', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod),
      a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attstattarget)
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where ${ours} and a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm')`,
  `select format('constraint %s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(k.oid))
    from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${ours}`,
  `select format('index %s %s', pg_get_indexdef(indexrelid), indisvalid)
    from pg_index join pg_class c on c.oid = indexrelid join pg_namespace n on n.oid = c.relnamespace where ${ours}`,
  `select 'trigger ' || pg_get_triggerdef(t.oid) from pg_trigger t where not tgisinternal`,
  `select format('enum %s %s', enumtypid::regtype, string_agg(enumlabel, ',' order by enumsortorder))
    from pg_enum group by enumtypid`,
  `select format('type %s %s', t.oid::regtype, t.typtype)
    from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${ours}`,
  `select format('view %s %s', c.oid::regclass, pg_get_viewdef(c.oid))
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours} and c.relkind in ('v', 'm')`,
  `select 'function ' || pg_get_functiondef(p.oid)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours} and p.prokind = 'f'`,
  `select format('sequence %s %s %s %s', seqrelid::regclass, seqincrement, seqmax, seqtypid::regtype) from pg_sequence`,
  `select format('policy %s.%s %s', polrelid::regclass, polname, polcmd) from pg_policy`,
  `select 'extension ' || extname from pg_extension`,
  `select format('comment %s.%s %s', objoid::regclass, objsubid <> 0, description)
    from pg_description where classoid = 'pg_class'::regclass
    and objoid in (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours})`,
  `select format('row %s %s', c.oid::regclass,
      query_to_xml(format('select to_jsonb(x) from %s x order by to_jsonb(x)', c.oid::regclass), true, true, ''))
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours} and c.relkind = 'r'`,
]

/** One row for each fact, one column `fact`. */
export const catalogQuery = `select fact from (${facts.map((query) => `(${query})`).join(' union all ')}) as facts(fact)
  order by fact collate "C"`
