/** What the story shows is not so: the demo ends with this text, `"ok":false` and exit status 1. */
export class DemoFailure extends Error {
  override readonly name = 'DemoFailure';
}

export function requireThat(condition: boolean, text: string): asserts condition {
  if (!condition) throw new DemoFailure(text);
}
