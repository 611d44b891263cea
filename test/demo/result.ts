/** The last line of the demo. Every field is read back from Ethereum or from the verifier, none is remembered. */
export interface DemoResult {
  ok: boolean;
  batchesExecuted: number;
  proofSeconds: number;
  l1Gas: { commit: number; prove: number; execute: number };
  withdrawalClaimed: boolean;
  disclosureVerified: boolean;
  tamperedRejected: boolean;
  error?: string;
}

export const emptyResult = (): DemoResult => ({
  ok: false,
  batchesExecuted: 0,
  proofSeconds: 0,
  l1Gas: { commit: 0, prove: 0, execute: 0 },
  withdrawalClaimed: false,
  disclosureVerified: false,
  tamperedRejected: false,
});

/** All that the story promises did happen. */
export const isComplete = ({ batchesExecuted, proofSeconds, l1Gas, ...flags }: DemoResult): boolean =>
  batchesExecuted >= 2 &&
  proofSeconds > 0 &&
  Object.values(l1Gas).every((gas) => gas > 0) &&
  flags.withdrawalClaimed &&
  flags.disclosureVerified &&
  flags.tamperedRejected;
