/** Measured pairs: subject and peer take turns in one run, so that a drifting machine moves both. */
export interface Comparison {
  readonly name: string
  readonly subject: Samples
  readonly peer: Samples
}

export interface Samples {
  readonly label: string
  /** Milliseconds, in the order they were taken. */
  readonly ms: readonly number[]
}

export interface CompareOptions {
  readonly name: string
  readonly subject: { readonly label: string; readonly run: () => Promise<void> }
  readonly peer: { readonly label: string; readonly run: () => Promise<void> }
  readonly rounds: number
  readonly warmups: number
}

export async function compare(options: CompareOptions): Promise<Comparison> {
  const subject: number[] = []
  const peer: number[] = []
  for (let round = -options.warmups; round < options.rounds; round++) {
    const subjectMs = await elapsedMs(options.subject.run)
    const peerMs = await elapsedMs(options.peer.run)
    if (round < 0) continue
    subject.push(subjectMs)
    peer.push(peerMs)
  }
  return {
    name: options.name,
    subject: { label: options.subject.label, ms: subject },
    peer: { label: options.peer.label, ms: peer },
  }
}

export async function elapsedMs(run: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** `fraction` 0.5 is the median; the nearest-rank definition. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * fraction) - 1)] ?? Number.NaN
}

/** Median of the ratios pair by pair, with the middle half of them. */
export function ratio(comparison: Comparison): { median: number; low: number; high: number } {
  const ratios = comparison.subject.ms.map((ms, index) => ms / (comparison.peer.ms[index] ?? Number.NaN))
  return { median: quantile(ratios, 0.5), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) }
}

export function printComparison(comparison: Comparison): void {
  const { median, low, high } = ratio(comparison)
  const line = (samples: Samples): string =>
    `    ${samples.label.padEnd(58)} p50 ${show(quantile(samples.ms, 0.5))}  p99 ${show(quantile(samples.ms, 0.99))}\n`
  process.stdout.write(
    `  ${comparison.name}: ${median.toFixed(2)}×  (middle half ${low.toFixed(2)}–${high.toFixed(2)}, ${comparison.subject.ms.length} pairs)\n` +
      line(comparison.subject) +
      line(comparison.peer),
  )
}

function show(ms: number): string {
  return ms < 10 ? `${ms.toFixed(3)} ms` : `${ms.toFixed(0)} ms`
}
