/** A form that was sent, and where. */
export interface SentForm {
  readonly path: string;
  readonly form: URLSearchParams;
}

/** The real `fetch`, with every form that goes out noted: for tests that look at what a provider is told. */
export function recordingFetch(): { fetch: typeof fetch; sent: SentForm[] } {
  const sent: SentForm[] = [];
  return {
    sent,
    fetch: (input, init) => {
      if (typeof init?.body === 'string') {
        const address = input instanceof Request ? input.url : String(input);
        sent.push({ path: new URL(address).pathname, form: new URLSearchParams(init.body) });
      }
      return fetch(input, init);
    }
  };
}
