/** What an agent asks before it uses a tool: which commands would run, which files would change. */
export interface AgentRequest {
  readonly commands: readonly string[]
  readonly files: readonly string[]
  /** Where it stands; null: it did not say. */
  readonly cwd: string | null
}

/** As they are typed behind `--hook`. */
export const agentNames = ['claude', 'codex', 'cursor', 'gemini', 'generic'] as const
export type AgentName = (typeof agentNames)[number]

/** How one agent's hook before a tool is asked and answered, and where it is declared. */
export interface AgentProtocol {
  readonly name: AgentName
  /** Null: that is no question of this agent. */
  readonly read: (document: unknown) => AgentRequest | null
  /** What goes to standard output; an exit code beside 0 only where the agent understands it. */
  readonly deny: (reason: string) => { readonly document: object; readonly exit: number }
  /** Null: it declares its hooks in ways of its own. */
  readonly settings: AgentSettings | null
}

export interface AgentSettings {
  /** From the top of the repository. */
  readonly file: string
  /** Its list of hooks, key by key. */
  readonly path: readonly string[]
  readonly entry: (command: string) => object
  /** What a new file has beside the hooks. */
  readonly base: object
}

type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

export function textsAt(fields: Fields, ...names: readonly string[]): readonly string[] {
  return names.flatMap((name) => {
    const value = fields[name]
    return typeof value === 'string' && value !== '' ? [value] : []
  })
}

export function cwdIn(fields: Fields): string | null {
  return textsAt(fields, 'cwd')[0] ?? null
}
