import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL server of our own for the time of a test file: a temporary cluster on a unix socket, no network. */
export interface PostgresCluster {
  /** A connection string to a new, empty database. */
  createDatabase(): Promise<string>;
  query(url: string, sql: string, parameters?: unknown[]): Promise<Record<string, unknown>[]>;
  readonly dataFolder: string;
  /** Kills the server at once and starts it again, perhaps with other settings. */
  crash(settings?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

const PORT = 54329;

/** The folder with initdb and postgres, or undefined on a machine without PostgreSQL. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(':'),
  ];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}

/** PostgreSQL refuses to run as root: there it runs as the user its package made. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Memory where there is enough of it: a cluster is thirty megabytes to create and these tests kill processes, not machines. */
function temporaryRoot(): string {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 1 << 30 ? memory : tmpdir();
}

export async function startPostgres(bin: string): Promise<PostgresCluster> {
  const folder = mkdtempSync(join(temporaryRoot(), 'privity-pg-'));
  const user = serverUser();
  chmodSync(folder, 0o700);
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid!);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, stdio: 'pipe' as const };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8'], options);
  const urlOf = (database: string) => `postgres://postgres@localhost/${database}?host=${folder}&port=${PORT}`;

  const launch = async (settings: readonly string[] = []) => {
    const flags = [
      '-D',
      data,
      '-k',
      folder,
      '-p',
      `${PORT}`,
      '-c',
      'listen_addresses=',
      ...settings.flatMap((s) => ['-c', s]),
    ];
    const server = spawn(join(bin, 'postgres'), flags, options);
    server.stderr.resume();
    server.stdout.resume();
    for (let left = 200; ; left--) {
      const client = new pg.Client({ connectionString: urlOf('postgres') });
      client.on('error', () => {});
      try {
        await client.connect();
        await client.end();
        return server;
      } catch (error) {
        if (left === 0 || server.exitCode !== null) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  let server = await launch();
  const end = async (signal: NodeJS.Signals) => {
    const exited = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await exited;
  };
  const query = async (url: string, sql: string, parameters: unknown[] = []) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql, parameters)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    dataFolder: data,
    query,
    createDatabase: async () => {
      const name = `privity_${randomBytes(6).toString('hex')}`;
      await query(urlOf('postgres'), `create database ${name}`);
      return urlOf(name);
    },
    crash: async (settings) => {
      // SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, recovery from the WAL at the next start.
      await end('SIGQUIT');
      server = await launch(settings);
    },
    stop: async () => {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
