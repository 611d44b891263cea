import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileContracts } from '../../src/settlement/compile-contracts.ts';
import { ABI_MODULES, abiModule } from './abi-modules.ts';

const root = new URL('../../', import.meta.url);
const artifacts = await compileContracts({ cacheDir: join(tmpdir(), 'privity-contracts') });
for (const name of Object.keys(ABI_MODULES) as (keyof typeof ABI_MODULES)[]) {
  writeFileSync(new URL(`src/settlement/abi/${ABI_MODULES[name].file}`, root), abiModule(name, artifacts));
}
execFileSync('biome', ['format', '--write', 'src/settlement/abi'], { cwd: root, stdio: 'inherit' });
