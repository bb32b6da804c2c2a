import type { Fact } from '@conduct/planner'

/** What one statement did on a real server. */
export type Measured = Pick<Fact, 'locks' | 'rewrites' | 'scan' | 'transactional'>
