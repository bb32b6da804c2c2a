import type { ConsumerSpec, Estate } from './estate.ts'
import { missingTools } from './toolchain.ts'

/** Not what every estate needs. */
const optionalTools: Readonly<Record<ConsumerSpec['manager'], readonly string[]>> = {
  npm: [],
  pnpm: [],
  yarn: ['yarn'],
  'yarn-classic': ['yarn'],
  bundler: ['ruby', 'gem', 'bundle'],
}

/** Who needs a tool that is not here is left out, by name. */
export async function possible(wanted: readonly ConsumerSpec[]): Promise<{
  readonly consumers: readonly ConsumerSpec[]
  readonly leftOut: Estate['leftOut']
}> {
  const missing = await missingTools([...new Set(wanted.flatMap(({ manager }) => optionalTools[manager]))])
  const lacking = ({ manager }: ConsumerSpec) =>
    optionalTools[manager].filter((program) => missing.includes(program))
  const isHere = (consumer: ConsumerSpec) => lacking(consumer).length === 0
  return {
    consumers: wanted.filter(isHere),
    leftOut: wanted
      .filter((consumer) => !isHere(consumer))
      .map((consumer) => ({ name: consumer.name, why: `not on the PATH: ${lacking(consumer).join(', ')}` })),
  }
}
