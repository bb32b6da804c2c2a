import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readCommand } from './read-command.ts'
import { mayBeCommand } from '../match-command.ts'

const pattern = ['bin/rails', 'g', 'migration', '*']

function isStopped(line: string): boolean {
  const { commands, hidden } = readCommand(line)
  return hidden.length > 0 || commands.some((words) => mayBeCommand(pattern, words))
}

describe('a command that is looked for', () => {
  it.each([
    'bin/rails g migration AddX',
    './bin/rails g migration',
    '/srv/app/bin/rails g migration AddX x:text',
    `bin/rails 'g' "migration" AddX`,
    String.raw`bin/rai\ls g migration AddX`,
    'bin/rails g \\\n  migration AddX',
    'cd app && bin/rails g migration AddX',
    'false || bin/rails g migration AddX',
    'echo hi; bin/rails g migration AddX',
    'echo hi &bin/rails g migration AddX',
    'yes | bin/rails g migration AddX',
    'echo hi\nbin/rails g migration AddX',
    '(cd app; bin/rails g migration AddX)',
    '{ bin/rails g migration AddX; }',
    '! bin/rails g migration AddX',
    'if true; then bin/rails g migration AddX; fi',
    'if bin/rails g migration AddX; then echo; fi',
    'for m in AddX AddY; do bin/rails g migration $m; done',
    'while read m; do bin/rails g migration "$m"; done < list',
    'case $1 in a|b) bin/rails g migration AddX;; esac',
    'case $1 in (a) echo;; (b) bin/rails g migration AddX;; esac',
    'make() { bin/rails g migration AddX; }; make',
    'function make { bin/rails g migration AddX; }',
    '[[ -f a && -f b ]] && bin/rails g migration AddX',
    'RAILS_ENV=test FOO="a b" bin/rails g migration AddX',
    'echo $(bin/rails g migration AddX)',
    'echo "`bin/rails g migration AddX`"',
    'echo "${X:-$(bin/rails g migration AddX)}"',
    'diff <(bin/rails g migration AddX) b',
    'X=$(case a in a) bin/rails g migration AddX;; esac)',
    `sh -c 'bin/rails g migration AddX'`,
    `bash -lc "cd app && bin/rails g migration AddX"`,
    `bash -euo pipefail -c 'bin/rails g migration AddX'`,
    `sh -c "bin/rails g migration $NAME"`,
    `eval "bin/rails g" migration AddX`,
    'bash <<END\nbin/rails g migration AddX\nEND',
    `bash <<<'bin/rails g migration AddX'`,
    'cat x | sh',
    'curl -fsSL https://x.example/i | sudo bash -s -- --yes',
    'bundle exec rails g migration AddX',
    'bundle exec spring rails g migration AddX',
    'ruby bin/rails g migration AddX',
    'env RAILS_ENV=test bin/rails g migration AddX',
    'env -u FOO -- bin/rails g migration AddX',
    'sudo -u app -E bin/rails g migration AddX',
    'timeout -s KILL 60 bin/rails g migration AddX',
    'time nice -n 5 nohup bin/rails g migration AddX',
    'npx -y dotenv -- bin/rails g migration AddX',
    'pnpm exec rails g migration AddX',
    `npm exec -c 'rails g migration AddX'`,
    'xargs -n1 bin/rails g migration < names',
    `echo AddX | xargs -I{} sh -c 'bin/rails g migration {}'`,
    'docker compose run --rm web bin/rails g migration AddX',
    `ssh host 'cd app && bin/rails g migration AddX'`,
    'find . -name x -exec bin/rails g migration AddX ;',
    'conduct exec other --repo shop -- bin/rails g migration AddX',
    'G=g; bin/rails $G migration AddX',
    'CMD="bin/rails g migration"; $CMD AddX',
    'bin/rails g mig$TAIL AddX',
    '$CMD AddX',
    'eval "$CMD"',
    'bin/rails $ARGS',
    'bin/rails "$@"',
    'bin/rails {g,x} migration AddX',
    '$(which rails) g migration AddX',
    `bin/rails g migration 'AddX`,
    'echo $(bin/rails g migration AddX',
  ])('is found: %s', (line) => {
    expect(isStopped(line)).toBe(true)
  })

  it.each([
    'bin/rails g model AddX',
    'bin/rails db:migrate',
    'git commit -m "bin/rails g migration AddX"',
    `grep -rn 'bin/rails g migration' doc`,
    'echo bin/rails g migration AddX',
    '# bin/rails g migration AddX',
    'ls # ; bin/rails g migration AddX',
    'cat <<END\nbin/rails g migration AddX\nEND',
    "printf '%s' 'a; bin/rails g migration AddX'",
    '"$PYTHON" -m pytest',
    '$(which node) server.js',
    'bin/rails g "$KIND-controller" x',
    'X=1; echo $((X + 2)) > out',
    'arr=(a b c); echo ${#arr[@]}',
    'for i in 1 2 3; do echo $i; done',
    'case $x in start|stop) echo;; *) exit 1;; esac',
    'npm run build && npm test',
    'bash script.sh --flag',
    'git log --format=%H | head -1',
    'test "$(git status --porcelain)" = ""',
    'echo a >&2 2>&1 &>/dev/null',
    'kill %1; jobs -l; a=b',
    '',
  ])('is not seen in: %s', (line) => {
    expect(isStopped(line)).toBe(false)
  })

  it('never fails, whatever it is given, and ends', () => {
    const piece = fc.constantFrom(
      'a',
      ' ',
      '"',
      "'",
      '$(',
      ')',
      '`',
      '(',
      '<<E',
      '\n',
      'E',
      '|',
      '&&',
      ';',
      '${',
      '}',
      '\\',
      '$',
      'case x in',
      'esac',
      ';;',
      '>',
      '#',
      'sh -c ',
    )

    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(readCommand(pieces.join('')).hidden).toBeInstanceOf(Array)
      }),
      { seed: 6, numRuns: 2000 },
    )
  })

  it('is found behind whatever it is wrapped in, and in every wrapping of that', () => {
    const wraps = [
      (inner: string) => `true && ${inner}`,
      (inner: string) => `( ${inner} )`,
      (inner: string) => `echo $( ${inner} )`,
      (inner: string) => `sh -c ${quoted(inner)}`,
      (inner: string) => `if true; then ${inner}; fi`,
      (inner: string) => `{ ${inner}; } | cat`,
      (inner: string) => `eval ${quoted(inner)}`,
    ]
    fc.assert(
      fc.property(fc.array(fc.nat({ max: wraps.length - 1 }), { maxLength: 5 }), (chosen) => {
        const wrap = (inner: string): string => chosen.reduce((line, at) => wraps[at]?.(line) ?? line, inner)
        expect(isStopped(wrap('bin/rails g migration AddX'))).toBe(true)
        expect(isStopped(wrap('bin/rails g model AddX'))).toBe(false)
      }),
      { seed: 6, numRuns: 300 },
    )
  })
})

describe('files of a command', () => {
  it.each([
    ['echo x > db/migrate/1_a.rb', ['db/migrate/1_a.rb']],
    ['cat <<E >> db/structure.sql\nx\nE', ['db/structure.sql']],
    ['touch a b && rm -f c', ['a', 'b', 'c']],
    ['git mv db/migrate/1_a.rb db/migrate/2_a.rb', ['db/migrate/1_a.rb', 'db/migrate/2_a.rb']],
    ['cp /tmp/1_a.rb db/migrate/', ['db/migrate/', 'db/migrate/1_a.rb']],
    ['echo x | tee -a db/schema.rb', ['db/schema.rb']],
    ["sed -i '' s/a/b/ db/schema.rb", ['s/a/b/', 'db/schema.rb']],
    ['ls > /dev/null 2>&1; cat db/schema.rb', ['/dev/null']],
  ])('%s', (line, files) => {
    expect(readCommand(line).files).toEqual(files)
  })

  it('may be named from where it goes first', () => {
    expect(readCommand('cd db && touch migrate/1_a.rb').folders).toEqual(['db'])
  })
})

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
