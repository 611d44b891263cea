/** Tells the story on standard output: lines, and a bar for what takes long (on a terminal) or a line for each change of it (elsewhere). */

export interface Bar {
  update(done: number, total: number, note?: string): void;
  end(): void;
}

export interface Progress {
  chapter(title: string): void;
  say(line: string): void;
  bar(label: string): Bar;
}

const barCells = 30;
/** Without a terminal: lines at most this often while it moves, and at least this often while it does not. */
const linesApartMs = 5_000;
const repeatMs = 60_000;

export function createProgress(output: NodeJS.WriteStream, now: () => number = Date.now): Progress {
  const start = now();
  const seconds = () => `${Math.round((now() - start) / 1000)} s`;
  let open: string | undefined;
  const clear = () => {
    if (open !== undefined) output.write('\r\x1b[K');
  };
  const line = (text: string) => {
    clear();
    output.write(`${text}\n`);
    if (open !== undefined) output.write(open);
  };
  return {
    chapter: (title) => line(`\n${title}  (${seconds()})`),
    say: (text) => line(`  ${text}`),
    bar(label) {
      let last = '';
      let shownAt = 0;
      return {
        update(done, total, note = '') {
          if (output.isTTY) {
            const cells = Math.round((barCells * Math.min(done, total)) / Math.max(1, total));
            clear();
            open = `  ${label} [${'#'.repeat(cells)}${'.'.repeat(barCells - cells)}] ${done}/${total} ${note}  ${seconds()}`;
            output.write(open.slice(0, (output.columns ?? 100) - 1));
            return;
          }
          const text = `${label}: ${done} of ${total}${note === '' ? '' : `, ${note}`}`;
          const quietMs = text === last ? repeatMs : done === total ? 0 : linesApartMs;
          if (now() - shownAt < quietMs) return;
          last = text;
          shownAt = now();
          output.write(`  ${text}  (${seconds()})\n`);
        },
        end() {
          clear();
          open = undefined;
        },
      };
    },
  };
}
