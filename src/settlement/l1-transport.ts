import { type HttpTransportConfig, http, type Transport } from 'viem';
import { hideUrl, shownUrl } from '../base/secret-url.ts';

/**
 * HTTP to an Ethereum node. Providers put their keys into the URL, and viem puts the URL into the text of its errors: here it is taken out
 * before an error goes anywhere.
 */
export function l1Transport(url: string, config: HttpTransportConfig = {}): Transport {
  const transport = http(url, config);
  return (options) => {
    const made = transport(options);
    const request: typeof made.request = async (args, requestOptions) => {
      try {
        return await made.request(args, requestOptions);
      } catch (error) {
        hideIn(error, url);
        throw error;
      }
    };
    return { ...made, request, value: { ...made.value, url: shownUrl(url) } };
  };
}

/** In place: callers tell errors apart by their class. */
function hideIn(error: unknown, url: string): void {
  for (let current = error; current instanceof Error; current = current.cause) {
    const fields = current as unknown as Record<string, unknown>;
    for (const name of Object.getOwnPropertyNames(current)) {
      const value = fields[name];
      if (typeof value === 'string') fields[name] = hideUrl(value, url);
      else if (Array.isArray(value))
        fields[name] = value.map((item) => (typeof item === 'string' ? hideUrl(item, url) : item));
    }
  }
}
