/** `npm run keys`: makes the keys of the circuits as they stand and writes circuits/keys.json, wrap's vkRoot and the verifier contract. */

import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { CIRCUITS_FOLDER } from '../compile.ts';
import { DEVELOPMENT_CHAIN_ID } from './circuit-set.ts';
import { describeKeys } from './describe-keys.ts';
import { KEY_FILE_URL, type KeyFile, VERIFIER_URL } from './key-file.ts';
import { renderVkRoot, VK_ROOT_FILE } from './make-keys.ts';
import { backendLimitsDefault, openBackend, openPreparedString } from './open-backend.ts';
import { prepareKeys } from './prepare-keys.ts';

const cacheDirectory =
  process.env['PRIVITY_CACHE'] ??
  fileURLToPath(new URL('../../../node_modules/.cache/privity-prover', import.meta.url));
const settings = { cacheDirectory, limits: backendLimitsDefault, slots: 1 };

const keys = await prepareKeys(settings, ({ stage, what, done, total }) => {
  console.log(`${stage} ${what} ${done}/${total}`);
});
const string = await openPreparedString(settings);
const backend = openBackend(settings, string);
const described = describeKeys(keys, string, DEVELOPMENT_CHAIN_ID);
const circuits: KeyFile['circuits'] = [];
for (const [i, circuit] of described.circuits.entries()) {
  circuits.push({ ...circuit, gates: (await backend.gates(keys.circuits[i]!.file)).gates });
}
const wrap = { ...described.wrap, gates: (await backend.gates(keys.wrap.file)).gates };
const keyFile: KeyFile = { ...described, circuits, wrap };

await mkdir(new URL('.', VERIFIER_URL), { recursive: true });
await writeFile(VERIFIER_URL, keys.verifierSource);
await writeFile(`${CIRCUITS_FOLDER}${VK_ROOT_FILE}`, renderVkRoot(keys.vkRoot));
await writeFile(KEY_FILE_URL, `${JSON.stringify(keyFile, null, 2)}\n`);
for (const { name, gates } of [...circuits, { name: 'wrap', gates: wrap.gates }])
  console.log(`${name}: ${gates} gates`);
console.log(`vkRoot ${keyFile.vkRoot}, proof system ${keyFile.proofSystemId}`);
