import { z } from 'zod';
import { logFilterSchema } from '../schema/log-filter.ts';

export const ethGetLogsSchema = z.tuple([logFilterSchema]).transform(([query]) => query);

export type EthGetLogsQuery = z.output<typeof ethGetLogsSchema>;
