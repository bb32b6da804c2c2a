/** Loaded into every process of a test before its own code: it ends soon after whoever started it has gone. */
const parent = process.ppid
const lookEveryMs = 1000

setInterval(() => {
  if (process.ppid !== parent) process.exit(1)
}, lookEveryMs).unref()
