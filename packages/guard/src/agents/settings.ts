import { type AgentSettings, fieldsOf } from './protocol.ts'

/** What every entry of ours has in it, and no other: the end of its command. */
export function hookCommand(launcher: string, agent: string): string {
  return `${launcher} guard --hook ${agent}`
}

/** Settings with our hook, once. The rest stays as it is. */
export function withHook(
  document: unknown,
  {
    name,
    settings,
    launcher,
  }: { readonly name: string; readonly settings: AgentSettings; readonly launcher: string },
): object {
  const bare = fieldsOf(withoutHook(document, { name, settings }))
  const entry = settings.entry(hookCommand(launcher, name))
  return changeAt({ ...settings.base, ...bare }, settings.path, (list) => [...list, entry])
}

/** The same without it; lists and objects that it leaves empty go, too. */
export function withoutHook(
  document: unknown,
  { name, settings }: { readonly name: string; readonly settings: AgentSettings },
): object {
  const mark = hookCommand('', name)
  return changeAt(fieldsOf(document), settings.path, (list) =>
    list.filter((entry) => !JSON.stringify(entry).includes(`${mark}"`)),
  )
}

type Fields = Readonly<Record<string, unknown>>

function changeAt(
  fields: Fields,
  [key, ...deeper]: readonly string[],
  change: (list: readonly unknown[]) => readonly unknown[],
): Fields {
  if (key === undefined) return fields
  const { [key]: present, ...others } = fields
  const next =
    deeper.length > 0
      ? changeAt(fieldsOf(present), deeper, change)
      : change(Array.isArray(present) ? (present as readonly unknown[]) : [])
  const isEmpty = Array.isArray(next) ? next.length === 0 : Object.keys(next).length === 0
  if (isEmpty) return others
  return key in fields ? { ...fields, [key]: next } : { ...others, [key]: next }
}
