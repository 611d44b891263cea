/** A browser as far as login flows need one: follows redirects one by one and keeps cookies by path. */
export interface Browser {
  get(url: string, headers?: Record<string, string>): Promise<Response>;
  submit(url: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  /** Follows redirects until an answer that is none, or until `stop` says so. */
  follow(
    response: Response,
    from: string,
    stop?: (url: string) => boolean,
  ): Promise<{ response: Response; url: string }>;
  cookie(name: string): string | undefined;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
}

export function createBrowser(): Browser {
  const jar = new Map<string, Cookie>();
  const remember = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split(';').map((part) => part.trim());
      const name = pair!.slice(0, pair!.indexOf('='));
      const value = pair!.slice(name.length + 1);
      const path = attributes.find((attribute) => /^path=/i.test(attribute))?.slice(5) ?? '/';
      const expired = attributes.some((a) => /^expires=/i.test(a) && Date.parse(a.slice(8)) <= Date.now());
      if (value === '' || expired) jar.delete(name);
      else jar.set(name, { value, path });
    }
  };
  const request = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname } = new URL(url);
    const cookies = [...jar]
      .filter(([, { path }]) => pathname.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`);
    const headers = {
      ...(init.headers as Record<string, string>),
      ...(cookies.length > 0 ? { cookie: cookies.join('; ') } : {}),
    };
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    remember(response);
    return response;
  };
  const browser: Browser = {
    get: (url, headers = {}) => request(url, { headers }),
    submit: (url, form, headers = {}) =>
      request(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      }),
    async follow(first, from, stop = () => false) {
      let response = first;
      let url = from;
      for (let hops = 0; hops < 12 && response.status >= 300 && response.status < 400; hops += 1) {
        url = new URL(response.headers.get('location')!, url).href;
        if (stop(url)) break;
        response = await browser.get(url);
      }
      return { response, url };
    },
    cookie: (name) => jar.get(name)?.value,
  };
  return browser;
}
