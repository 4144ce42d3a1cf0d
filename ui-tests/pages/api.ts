import type { Page } from '@playwright/test';

/** Asks the companion from inside the page, for what a test needs but does not prove. */
export async function ask<T>(
  page: Page,
  method: 'GET' | 'POST' | 'PUT',
  target: string,
  body?: object
): Promise<T> {
  return page.evaluate(
    async ([method, target, body]) => {
      const config = JSON.parse(
        document.getElementById('jupyter-config-data')?.textContent ?? '{}'
      ) as { baseUrl: string };
      const answer = await fetch(`${config.baseUrl}panosc/v1/${target}`, {
        method,
        headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      });
      if (!answer.ok) {
        throw new Error(`${answer.status}: ${await answer.text()}`);
      }
      return (await answer.json()) as T;
    },
    [method, target, body] as const
  );
}
