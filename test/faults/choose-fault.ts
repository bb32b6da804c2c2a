import type { HttpCall, HttpFault } from '../servers/fault-proxy.ts'

export type Choose = (call: HttpCall) => HttpFault | null
type Matches = (call: HttpCall) => boolean

export function always(matches: Matches, fault: HttpFault): () => Choose {
  return () => (call) => (matches(call) ? fault : null)
}

export function once(matches: Matches, fault: HttpFault): () => Choose {
  return () => {
    let left = 1
    return (call) => (matches(call) && left-- > 0 ? fault : null)
  }
}
