import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { EstateRecord, Formalities, People } from './estate.ts'
import type { Layout } from './layout.ts'
import { gemKey } from './repositories/gem.ts'
import { personsOtp } from './server/staging.ts'
import { runStep } from './toolchain.ts'

/** Where conduct looks for the token of a forge that is an own server. */
const tokenName = 'GH_ENTERPRISE_TOKEN'

export function forgeUrlOf(port: number): string {
  return `http://127.0.0.1:${port}`
}

export function peopleOf(
  layout: Layout,
  { gemPort }: Pick<EstateRecord, 'gemPort'>,
  formalities: Formalities,
): People {
  const { approver, forgePort, forgeToken } = formalities
  return {
    approver,
    keyFile: layout.keyOf(approver),
    forgeUrl: forgeUrlOf(forgePort),
    otp: personsOtp,
    env: {
      [tokenName]: forgeToken,
      // So that conduct can print the approver's whole command: their key is in no agent.
      CONDUCT_REHEARSE_KEY: layout.keyOf(approver),
      ...(gemPort === undefined ? {} : { GEM_HOST_API_KEY: gemKey }),
    },
    async approveStaged(command) {
      await runStep([...command, `--otp=${personsOtp}`], { cwd: layout.maintainer, home: layout.maintainer })
    },
  }
}

/** A key for somebody who approves; gives its public half. */
export async function makeKey(layout: Layout, person: string): Promise<string> {
  const file = layout.keyOf(person)
  await mkdir(dirname(file), { recursive: true })
  const { stdout } = await runStep(
    [
      'sh',
      '-c',
      'ssh-keygen -q -t ed25519 -N "" -C "$2@rehearsal" -f "$1" && cat "$1.pub"',
      'sh',
      file,
      person,
    ],
    { cwd: layout.dir },
  )
  return stdout.trim()
}

/** The maintainer's own folder, with the credential they publish and approve with. */
export async function makeMaintainer(layout: Layout, npmrc: string): Promise<void> {
  await mkdir(layout.maintainer, { recursive: true })
  await writeFile(join(layout.maintainer, '.npmrc'), npmrc)
}
