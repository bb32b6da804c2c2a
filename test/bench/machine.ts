import { cpus, loadavg } from 'node:os'

/** Times are of this machine on this day; ratios are what lasts. */
export function describeMachine(): string {
  const { versions } = process
  const [load = 0] = loadavg()
  return `Node ${versions.node}, ${cpus().length} cores of ${cpus()[0]?.model ?? 'a processor'}, load ${load.toFixed(1)}, ${new Date().toISOString().slice(0, 10)}.`
}
