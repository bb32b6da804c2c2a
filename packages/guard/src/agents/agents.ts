import { type AgentProtocol, type AgentRequest, cwdIn, fieldsOf, textsAt } from './protocol.ts'

const timeoutS = 30

/** Commands stand in `tool_input.command`, files in `file_path` and its kin, those of a patch in its text. */
function readTool(document: unknown, shellTools: readonly string[]): AgentRequest | null {
  const fields = fieldsOf(document)
  const [tool] = textsAt(fields, 'tool_name')
  if (tool === undefined) return null
  const input = fieldsOf(fields['tool_input'])
  const isPatch = tool === 'apply_patch'
  return {
    commands: shellTools.includes(tool) ? textsAt(input, 'command') : [],
    files: isPatch
      ? textsAt(input, 'command').flatMap(filesOfPatch)
      : textsAt(input, 'file_path', 'notebook_path'),
    cwd: cwdIn(fields),
  }
}

/** `*** Add File: path`, and what a file is moved to. */
function filesOfPatch(patch: string): readonly string[] {
  return [...patch.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gm)].map((match) =>
    (match[1] ?? '').trim(),
  )
}

const preToolUse = (reason: string) => ({
  document: {
    hookSpecificOutput: {
      hookEventName: 'PreToolUse',
      permissionDecision: 'deny',
      permissionDecisionReason: reason,
    },
  },
  exit: 0,
})

const commandHook = (matcher: string) => (command: string) => ({
  matcher,
  hooks: [{ type: 'command', command, timeout: timeoutS }],
})

/** Source: the hooks reference of Claude Code (code.claude.com/docs/en/hooks). */
const claude: AgentProtocol = {
  name: 'claude',
  read: (document) => readTool(document, ['Bash']),
  deny: preToolUse,
  settings: {
    file: '.claude/settings.local.json',
    path: ['hooks', 'PreToolUse'],
    entry: commandHook('Bash|Write|Edit|MultiEdit|NotebookEdit'),
    base: {},
  },
}

/** Source: developers.openai.com/codex/hooks, and the schemas in openai/codex, codex-rs/hooks; edits come as `apply_patch`. */
const codex: AgentProtocol = {
  name: 'codex',
  read: (document) => readTool(document, ['Bash']),
  deny: preToolUse,
  settings: {
    file: '.codex/hooks.json',
    path: ['hooks', 'PreToolUse'],
    entry: commandHook('Bash|apply_patch'),
    base: {},
  },
}

/** Source: cursor.com/docs/agent/hooks; commands only: what it edits is seen at the commit. */
const cursor: AgentProtocol = {
  name: 'cursor',
  read: (document) => {
    const fields = fieldsOf(document)
    const commands = textsAt(fields, 'command')
    const [root] = Array.isArray(fields['workspace_roots'])
      ? (fields['workspace_roots'] as readonly unknown[])
      : []
    const cwd = cwdIn(fields) ?? (typeof root === 'string' ? root : null)
    return commands.length === 0 ? null : { commands, files: [], cwd }
  },
  deny: (reason) => ({
    document: { permission: 'deny', user_message: reason, agent_message: reason },
    exit: 0,
  }),
  settings: {
    file: '.cursor/hooks.json',
    path: ['hooks', 'beforeShellExecution'],
    entry: (command) => ({ command, failClosed: true, timeout: timeoutS }),
    base: { version: 1 },
  },
}

/** Source: the hooks reference of Gemini CLI (google-gemini/gemini-cli, docs/hooks/reference.md). */
const gemini: AgentProtocol = {
  name: 'gemini',
  read: (document) => readTool(document, ['run_shell_command']),
  deny: (reason) => ({ document: { decision: 'deny', reason }, exit: 0 }),
  settings: {
    file: '.gemini/settings.json',
    path: ['hooks', 'BeforeTool'],
    entry: (command) => ({
      matcher: 'run_shell_command|write_file|replace',
      hooks: [{ name: 'conduct-guard', type: 'command', command, timeout: timeoutS * 1000 }],
    }),
    base: {},
  },
}

/** For every other one: `{"command": …, "files": […], "cwd": …}` in; `{"decision": "deny", "reason": …}` and exit 12 out. */
const generic: AgentProtocol = {
  name: 'generic',
  read: (document) => {
    const fields = fieldsOf(document)
    const files = Array.isArray(fields['files']) ? (fields['files'] as readonly unknown[]) : []
    const named = files.filter((file): file is string => typeof file === 'string')
    const commands = textsAt(fields, 'command')
    return commands.length + named.length === 0 ? null : { commands, files: named, cwd: cwdIn(fields) }
  },
  deny: (reason) => ({ document: { format: 1, decision: 'deny', reason }, exit: 12 }),
  settings: null,
}

export const agents: readonly AgentProtocol[] = [claude, codex, cursor, gemini, generic]
