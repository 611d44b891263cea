import { writeFileSync } from 'node:fs';
import { solidityConstants } from './solidity-constants.ts';

writeFileSync(new URL('../src/Constants.sol', import.meta.url), solidityConstants());
