import type { Machine } from '../ruby/machine.ts'

/** The type of a key that counts by itself. */
export function primaryKeyType({ setting }: Machine, type = 'primary_key'): string {
  const big = setting.rules.idType === 'bigint'
  const isBig = type === 'bigint' || (type === 'primary_key' && big)
  switch (setting.adapter) {
    case 'postgresql':
      return isBig ? 'bigserial' : 'serial'
    case 'mysql':
      return isBig ? 'bigint' : 'int'
    case 'sqlite':
      return 'integer'
    default:
      return setting.adapter satisfies never
  }
}
