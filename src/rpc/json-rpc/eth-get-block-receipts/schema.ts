import { z } from 'zod';
import { blockRefSchema } from '../schema/block-ref.ts';

export const ethGetBlockReceiptsSchema = z.tuple([blockRefSchema]);
