import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import type { Config } from '../config/schema.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/port.ts';
import type { Folders } from './folders.ts';
import { type NodeKeys, random } from './keys.ts';

/** The store that the configuration names. */
export const openNodeStore = (
  config: Config,
  folders: Folders,
  { keys, clock, log }: { readonly keys: NodeKeys; readonly clock: Clock; readonly log: Logger },
): Promise<Store> =>
  openStore(
    {
      folder: folders.store,
      database:
        config['store.kind'] === 'postgres'
          ? { kind: 'postgres', url: new Secret(config['store.url']) }
          : { kind: 'sqlite' },
      jobAttemptsMax: config['prover.attemptsMax'],
    },
    { kek: keys.kek, clock, random, onWarning: (error) => log.warn({ err: error }, 'store.warning') },
  );
