/** Appends until it is killed, and prints each sequence once its append has resolved. Run by crash.test.ts. */
import { randomBytes } from 'node:crypto';
import { writeSync } from 'node:fs';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { createLocalKek } from '../../src/store/envelope/local-kek.ts';
import { openStore } from '../../src/store/open-store.ts';

const [folder, kekHex, url] = process.argv.slice(2);
const store = await openStore(
  { folder: folder!, database: url === undefined ? { kind: 'sqlite' } : { kind: 'postgres', url: new Secret(url) } },
  {
    kek: createLocalKek(new Secret(new Uint8Array(Buffer.from(kekHex!, 'hex'))), randomBytes),
    clock: systemClock,
    random: randomBytes,
    onWarning: (error) => {
      throw error;
    },
  },
);

const lane = async (name: string) => {
  for (let count = 0; ; count++) {
    const payload = Buffer.from(`${name}/${count}`);
    const sequence = await store.log.append([{ kind: 'tx', payload }]);
    writeSync(1, `${sequence} ${name}/${count}\n`);
    if (count % 5 === 0) {
      await store.transaction((writes) => writes.checkpoints.put(name, payload));
      writeSync(1, `checkpoint ${name}/${count}\n`);
    }
  }
};
await Promise.all(['a', 'b', 'c', 'd'].map(lane));
