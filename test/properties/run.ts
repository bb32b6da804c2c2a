import { propertiesTable } from './properties.ts'
import { writeSection } from './readme.ts'

/** `pnpm properties`: prints what is promised and which tests show it; `--write` puts it into the README. */
const table = propertiesTable()
console.log(table)
if (process.argv.includes('--write')) writeSection('properties', table)
