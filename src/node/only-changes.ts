/** Hands a line on unless it is the one before again: progress is told more often than it can be seen. */
export function onlyChanges(report: (line: string) => void): (line: string) => void {
  let last: string | undefined;
  return (line) => {
    if (line !== last) report(line);
    last = line;
  };
}
