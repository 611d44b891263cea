import { cutText } from '../base/cut-text.ts';

/**
 * How long a denial's texts get, in bytes of UTF-8. A policy names its rules and puts a failed condition into the reason as long as it likes, but
 * one append holds up to `blockTransactionsMax` denials of what expired and as many of what did not come into the block: 4,000. A denial takes 256
 * bytes at most beside the two texts and their headings of 3 bytes, so 4,000 * (256 + 128 + 512 + 6) = 3,608,000 bytes, and the log takes 4 MiB
 * (4,194,304) at once. A block adds 33 bytes for each transaction that was not denied, less than a denial, and about 130 once.
 */
export const ruleIdBytesMax = 128;
export const reasonBytesMax = 512;

/** Before it is signed: what stands in the log is what the signature covers. */
export const cutGround = <Ground extends { readonly ruleId: string; readonly reason: string }>(
  ground: Ground,
): Ground => ({
  ...ground,
  ruleId: cutText(ground.ruleId, ruleIdBytesMax),
  reason: cutText(ground.reason, reasonBytesMax),
});
