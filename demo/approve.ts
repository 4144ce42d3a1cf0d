/** Submits the one form of a page, with its hidden fields; null when there is none. */
function formOf(html: string, base: URL): { url: URL; body: URLSearchParams } | null {
  const form = /<form[^>]*>[\s\S]*?<\/form>/i.exec(html)?.[0];
  if (form === undefined) {
    return null;
  }
  const attribute = (tag: string, name: string): string | undefined =>
    new RegExp(`\\s${name}=["']([^"']*)["']`, 'i').exec(tag)?.[1];
  const body = new URLSearchParams();
  for (const [input] of form.matchAll(/<input[^>]*>/gi)) {
    body.set(attribute(input, 'name') ?? '', attribute(input, 'value') ?? '');
  }
  return { url: new URL(attribute(form, 'action') ?? base.href, base), body };
}

/**
 * Walks the pages of the demo's sign-in service as a person would who presses every button:
 * opens the complete verification address, confirms the code, signs in. Only for loopback addresses.
 */
export async function approve(verificationUriComplete: string): Promise<void> {
  const cookies = new Map<string, string>();
  let url = new URL(verificationUriComplete);
  let body: URLSearchParams | undefined;
  for (let step = 0; step < 20; step++) {
    if (url.hostname !== '127.0.0.1') {
      throw new Error(`refusing to leave this machine for ${url.host}`);
    }
    const response: Response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(body === undefined ? {} : { body })
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    const html = await response.text();
    if (location !== null) {
      url = new URL(location, url);
      body = undefined;
      continue;
    }
    if (response.status !== 200) {
      throw new Error(`the sign-in service answered ${response.status} at ${url.pathname}`);
    }
    const form = formOf(html, url);
    if (form === null) {
      return;
    }
    ({ url, body } = form);
  }
  throw new Error('the sign-in service shows one page after the other');
}

if (import.meta.main) {
  await approve(process.argv[2] ?? '');
}
