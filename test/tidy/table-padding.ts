/** A Markdown text as if no formatter had padded its tables. */
export const withoutPadding = (text: string): string =>
  text.replace(/^\|.*\|$/gm, (row) =>
    row
      .replace(/ +\|/g, ' |')
      .replace(/\| +/g, '| ')
      .replace(/\| -+(?= \|)/g, '|---')
      .replace(/--- \|/g, '---|'),
  );
