import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** Leaves the data folder and says where it is. */
  readonly keep: boolean;
  /** Tells only the auditor's chapter again, on a folder that `--keep` left. */
  readonly resume: string | undefined;
  /** Flips one byte of the stored proof before the auditor looks: the demo must end badly. */
  readonly corruptProof: boolean;
  /** Flips one bit of one answer of Ethereum while the auditor looks: the demo must end badly. */
  readonly corruptL1: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run demo -- [options]
  --keep            leave the data folder
  --resume FOLDER   tell only the auditor's part again, on a folder left by --keep
  --corrupt-proof   flip one byte of the stored proof before the auditor looks (ends with "ok":false)
  --corrupt-l1      flip one bit of an answer of Ethereum while the auditor looks (ends with "ok":false)`;

export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      keep: { type: 'boolean', default: false },
      resume: { type: 'string' },
      'corrupt-proof': { type: 'boolean', default: false },
      'corrupt-l1': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    keep: values.keep,
    resume: values.resume,
    corruptProof: values['corrupt-proof'],
    corruptL1: values['corrupt-l1'],
    help: values.help,
  };
}
