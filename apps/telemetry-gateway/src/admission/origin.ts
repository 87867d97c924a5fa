import type { IncomingHttpHeaders } from 'node:http';

/**
 * Only browsers send `Origin`, and they send it truly: without one the request is no page's. With an empty list pages
 * from the host they connect to may; otherwise those on the list, and every one with `*`.
 */
export function isAllowedOrigin({ origin, host }: IncomingHttpHeaders, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*')) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  if (allowed.length > 0)
    return allowed.some((each) => URL.canParse(each) && new URL(each).origin === page.origin);
  const here = `${page.protocol}//${host ?? ''}`;
  return URL.canParse(here) && new URL(here).host === page.host;
}
