import { describe, expect, it } from 'vitest'
import { agents } from './agents.ts'
import { withHook, withoutHook } from './settings.ts'

function agent(name: string) {
  const found = agents.find((each) => each.name === name)
  if (found === undefined) throw new Error(name)
  return found
}

describe('what agents ask before they use a tool', () => {
  it.each([
    ['claude', { tool_name: 'Bash', tool_input: { command: 'ls' }, cwd: '/a' }, ['ls'], []],
    [
      'claude',
      { tool_name: 'Write', tool_input: { file_path: '/a/b.rb', content: 'x' }, cwd: '/a' },
      [],
      ['/a/b.rb'],
    ],
    [
      'claude',
      { tool_name: 'NotebookEdit', tool_input: { notebook_path: '/a/b.ipynb' }, cwd: '/a' },
      [],
      ['/a/b.ipynb'],
    ],
    ['claude', { tool_name: 'WebFetch', tool_input: { url: 'https://x' }, cwd: '/a' }, [], []],
    ['codex', { tool_name: 'Bash', tool_input: { command: 'ls' }, cwd: '/a' }, ['ls'], []],
    [
      'codex',
      {
        tool_name: 'apply_patch',
        tool_input: {
          command:
            '*** Begin Patch\n*** Add File: db/migrate/1.rb\n+x\n*** Update File: a.rb\n*** Move to: b.rb\n@@\n*** End Patch',
        },
        cwd: '/a',
      },
      [],
      ['db/migrate/1.rb', 'a.rb', 'b.rb'],
    ],
    [
      'cursor',
      { hook_event_name: 'beforeShellExecution', command: 'ls', cwd: '', workspace_roots: ['/a'] },
      ['ls'],
      [],
    ],
    ['gemini', { tool_name: 'run_shell_command', tool_input: { command: 'ls' }, cwd: '/a' }, ['ls'], []],
    ['gemini', { tool_name: 'replace', tool_input: { file_path: 'b.rb' }, cwd: '/a' }, [], ['b.rb']],
    ['generic', { command: 'ls', files: ['b.rb'], cwd: '/a' }, ['ls'], ['b.rb']],
  ])('%s: %j', (name, question, commands, files) => {
    expect(agent(name).read(question)).toEqual({ commands, files, cwd: '/a' })
  })

  it('is no question of that agent where its fields are missing', () => {
    expect(agents.map(({ read }) => read({ hello: 1 }))).toEqual([null, null, null, null, null])
    expect(agents.map(({ read }) => read('hello'))).toEqual([null, null, null, null, null])
  })

  it('is denied in the words that each of them understands', () => {
    expect(agents.map(({ deny }) => deny('why'))).toMatchObject([
      {
        document: { hookSpecificOutput: { permissionDecision: 'deny', permissionDecisionReason: 'why' } },
        exit: 0,
      },
      {
        document: { hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'deny' } },
        exit: 0,
      },
      { document: { permission: 'deny', agent_message: 'why' }, exit: 0 },
      { document: { decision: 'deny', reason: 'why' }, exit: 0 },
      { document: { decision: 'deny', reason: 'why' }, exit: 12 },
    ])
  })
})

describe('settings of an agent', () => {
  const declared = agents.flatMap(({ name, settings }) => (settings === null ? [] : [{ name, settings }]))

  it.each(declared)('$name: our hook is there once, and nothing else has changed', ({ name, settings }) => {
    const before = { model: 'x', hooks: { PreToolUse: [{ matcher: 'Bash', hooks: [{ command: 'own' }] }] } }
    const once = withHook(before, { name, settings, launcher: 'old' })
    const twice = withHook(once, { name, settings, launcher: 'new' })

    expect(JSON.stringify(twice).match(/guard --hook/g)).toHaveLength(1)
    expect(JSON.stringify(twice)).toContain(`new guard --hook ${name}`)
    expect(withoutHook(twice, { name, settings })).toEqual({ ...settings.base, ...before })
    expect(withoutHook(withHook({}, { name, settings, launcher: 'c' }), { name, settings })).toEqual(
      settings.base,
    )
  })
})
