import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { freePort } from './free-port.ts'
import { type S3Server, s3Environment, s3Url } from './s3.ts'

const run = promisify(execFile)

/** Debian's packages of these names; not installed by conduct. */
export const hasCeph = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'monmaptool', 'ceph'].every(
  (program) => {
    try {
      execFileSync('/bin/sh', ['-c', `command -v ${program}`], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  },
)

const commandMsMax = 45_000

/** One that does not come up is given up with all its processes, and another one begun, on other ports. */
const startsMax = 3
const bucket = 'lanes'

/** A Ceph of one monitor, one disk in memory and one S3 gateway, on loopback. */
export async function startCeph(): Promise<S3Server> {
  for (let starts = 1; ; starts++) {
    try {
      return await startOnce()
    } catch (error) {
      if (starts === startsMax) throw error
      process.stderr.write(`Ceph did not come up, and is started anew: ${String(error)}\n`)
    }
  }
}

async function startOnce(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'conduct-ceph-'))
  const [monitor, gateway] = [await freePort(), await freePort()]
  const conf = join(folder, 'ceph.conf')
  const fsid = randomUUID()
  await writeFile(conf, configuration({ folder, fsid, monitor, gateway }))
  await mkdir(join(folder, 'osd'))
  const running: ChildProcess[] = []
  const start = (program: string, ...args: string[]): void => {
    running.push(spawn(program, [...args, '-c', conf, '-f'], { stdio: 'ignore' }))
  }
  const command = async (program: string, ...args: string[]): Promise<void> => {
    await run(program, [...args, '-c', conf], { timeout: commandMsMax, killSignal: 'SIGKILL' })
  }
  const stop = async (): Promise<void> => {
    for (const child of running.toReversed()) {
      const ended = child.exitCode === null ? once(child, 'exit') : Promise.resolve()
      child.kill('SIGKILL')
      await ended
    }
    await rm(folder, { recursive: true, force: true })
  }
  const credentials = { accessKeyId: 'ceph', secretAccessKey: randomUUID() }
  const endpoint = `http://127.0.0.1:${gateway}`
  try {
    const map = join(folder, 'monmap')
    await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[v1:127.0.0.1:${monitor}]`, map])
    await command('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map)
    start('ceph-mon', '-i', 'a')
    await command('ceph', 'osd', 'create')
    await command('ceph-osd', '-i', '0', '--mkfs')
    start('ceph-osd', '-i', '0')
    await command('ceph', 'osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=local')
    start('radosgw', '-n', 'client.rgw')
    const { accessKeyId, secretAccessKey } = credentials
    const keys = [`--access-key=${accessKeyId}`, `--secret-key=${secretAccessKey}`]
    await command('radosgw-admin', 'user', 'create', '--uid=conduct', '--display-name=conduct', ...keys)
    // The gateway opens its port when its pools are there: the client's own retries wait for that.
    const client = new S3Client({
      region: 'default',
      endpoint,
      credentials,
      forcePathStyle: true,
      maxAttempts: 20,
    })
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    client.destroy()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    endpoint,
    bucket,
    credentials,
    env: s3Environment(credentials),
    freshUrl: (prefix = randomUUID()) => s3Url({ bucket, prefix, endpoint }),
    [Symbol.asyncDispose]: stop,
  }
}

function configuration(of: { folder: string; fsid: string; monitor: number; gateway: number }): string {
  return `[global]
fsid = ${of.fsid}
mon_initial_members = a
mon_host = v1:127.0.0.1:${of.monitor}
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 1000
osd_objectstore = memstore
run_dir = ${of.folder}
admin_socket = ${of.folder}/$name.asok
log_file = ${of.folder}/$name.log
pid_file = ${of.folder}/$name.pid
mon_data = ${of.folder}/mon
osd_data = ${of.folder}/osd
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
rgw_frontends = beast endpoint=127.0.0.1:${of.gateway}
`
}
