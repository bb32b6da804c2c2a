import { codePage } from './code-page.ts'
import { commandPage } from './command-page.ts'
import { exitCodePage } from './exit-code-page.ts'
import { lanesYamlPage } from './lanes-yaml-page.ts'
import { manPage } from './man-page.ts'
import { topicPage } from './topic-page.ts'

/** The generated pages of `packages/cli/docs`, by file name. A stale one fails a test. */
export async function docPages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['README.md', indexPage],
    ['commands.md', await commandPage()],
    ['exit-codes.md', exitCodePage()],
    ['codes.md', codePage()],
    ['lanes-yaml.md', lanesYamlPage()],
    ['topics.md', topicPage()],
    ['conduct.1', manPage()],
  ])
}

const indexPage = `# Reference

Generated from the code; \`pnpm --filter @conduct/cli run docs\` writes these pages anew.

| page | says |
|---|---|
| [commands](commands.md) | every command with its flags and examples |
| [exit codes](exit-codes.md) | what a script may conclude from how a command ended |
| [codes](codes.md) | every error and finding: what it means, what to do |
| [lanes.yaml](lanes-yaml.md) | every key |
| [topics](topics.md) | what a lane, a train, a store is, and how to go on: the pages of \`conduct help\` |

\`conduct.1\` is the manual page; \`npm install --global @conduct/cli\` puts it where \`man conduct\` finds it.
`
