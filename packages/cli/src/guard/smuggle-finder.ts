export { loadSmuggleFinder } from '@conduct/planner'
