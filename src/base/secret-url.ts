/** A URL that may carry a credential - user and password, or a key in its path - as it may be shown: scheme, host and port. */

const HIDDEN = '[secret]';

export function shownUrl(url: string): string {
  const parsed = parse(url);
  if (parsed === undefined) return HIDDEN;
  return partsOf(parsed).length === 0 ? parsed.origin : `${parsed.origin}/${HIDDEN}`;
}

/** The text with every trace of the URL's credential taken out. */
export function hideUrl(text: string, url: string): string {
  const parsed = parse(url);
  if (parsed === undefined) return text.replaceAll(url, HIDDEN);
  const parts = partsOf(parsed);
  if (parts.length === 0) return text;
  const whole = [url, parsed.href, `${parsed.origin}${parsed.pathname}${parsed.search}${parsed.hash}`];
  const shown = shownUrl(url);
  const hidden = whole.reduce((result, form) => result.replaceAll(form, shown), text);
  return parts.reduce((result, part) => result.replaceAll(part, HIDDEN), hidden);
}

function parse(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** What in a URL may be a credential, longest first, encoded and not. */
function partsOf({ username, password, pathname, search, hash }: URL): string[] {
  const path = pathname.replace(/^\//, '');
  const parts = [username, password, `${path}${search}${hash}`, path, search.replace(/^\?/, ''), ...path.split('/')];
  const both = parts.flatMap((part) => [part, decoded(part)]);
  return [...new Set(both.filter((part) => part !== ''))].sort((a, b) => b.length - a.length);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
