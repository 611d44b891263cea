/** Text that is HTML already. Only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type HtmlPart = string | Html | readonly Html[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** A template whose values are escaped, so that no name, address or query parameter becomes markup. Attributes stand in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  const texts = parts.map((part) => {
    if (typeof part === 'string') return escapeHtml(part);
    return part instanceof Html ? part.text : part.map(({ text }) => text).join('');
  });
  return new Html(String.raw({ raw: strings }, ...texts));
}
