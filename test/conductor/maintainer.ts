import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Estate, personsOtp } from '@conduct/rehearsal'
import { git } from './estate-world.ts'

const execute = promisify(execFile)

/** A maintainer types what was printed, up to our own command, and their second factor. */
export async function typeAsMaintainer(estate: Estate, next: string | null): Promise<void> {
  const home = join(estate.dir, 'maintainer')
  const npmrc = await git(estate, estate.producer, 'show', 'main:.npmrc')
  await mkdir(home, { recursive: true })
  await writeFile(join(home, '.npmrc'), npmrc)
  const commands = (next ?? '').split(' && ').filter((command) => !command.startsWith('conduct '))
  if (commands.length === 0) throw new Error(`nothing to type in ${next ?? 'null'}`)
  for (const command of commands) {
    const [program = '', ...words] = command.split(' ')
    await execute(program, [...words, `--otp=${personsOtp}`], {
      cwd: home,
      env: { PATH: process.env['PATH'] ?? '', HOME: home },
    })
  }
}
