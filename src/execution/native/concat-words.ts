import { concatBytes } from '../../base/bytes.ts';
import { word32 } from '../../chain/packed.ts';

export const concatWords = (...words: bigint[]): Uint8Array => concatBytes(...words.map(word32));
